/** A node's answer: its shape, and whether the seat's key on chain really signed it for this request. */
import {
  AnswerStatus,
  answerTypes,
  type MarketAnswer,
  marketDomain,
  ProofType,
} from "@sharebridge/contracts/typed-data.ts";
import { keccak256, recoverAddress, Signature, TypedDataEncoder } from "ethers";
import { z } from "zod";
import type { FoundRequest, Seat } from "../chain/market-chain.ts";
import { MAXIMUM_RESULT_BYTES } from "../limits.ts";

const bytes32 = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/)
  .toLowerCase();
const bytes = z
  .string()
  .regex(/^0x([0-9a-fA-F]{2})*$/)
  .toLowerCase();
const unsigned = (bits: number) =>
  z
    .int()
    .min(0)
    .max(2 ** bits - 1);

const signature = z.string().regex(/^0x[0-9a-fA-F]{130}$/);

const signedAnswer = z.object({
  seat: unsigned(8),
  result: bytes,
  answer: z.object({
    requestId: bytes32,
    status: unsigned(8),
    outputsHash: bytes32,
    budgetSpent: z
      .string()
      .regex(/^[0-9]{1,20}$/)
      .transform(BigInt)
      .refine((value) => value < 1n << 64n),
    attempt: unsigned(32),
    activeSet: unsigned(8),
    proofType: unsigned(16),
  }),
  signature,
  /** Other seats' signatures over the same answer. */
  signatures: z
    .array(z.object({ seat: unsigned(8), signature }))
    .max(4)
    .default([]),
});

/** What `GET /v1/requests/{requestId}` of a node says. */
export const requestState = z.discriminatedUnion("state", [
  z.object({ requestId: bytes32, state: z.enum(["queued", "computing"]) }),
  z.object({
    requestId: bytes32,
    state: z.literal("signed"),
    answer: signedAnswer,
    /** False while the answer of a later attempt may follow. */
    final: z.boolean().default(true),
  }),
  z.object({ requestId: bytes32, state: z.literal("failed"), error: z.object({ code: z.string() }).optional() }),
]);

export type SignedAnswer = z.infer<typeof signedAnswer>;

/** An answer that its seat has signed: checked, with the signature in the form that the contract takes (v 27 or 28, low s). */
export interface VerifiedAnswer {
  readonly seat: number;
  readonly digest: string;
  readonly result: string;
  readonly answer: MarketAnswer;
  readonly signature: string;
}

export type AnswerErrorCode =
  | "WrongSeat"
  | "WrongRequest"
  | "UnsupportedStatus"
  | "UnsupportedProofType"
  | "NotInActiveSet"
  | "ResultTooLarge"
  | "ResultMismatch"
  | "BadSignature";

/** Thrown when a node's answer does not hold: the node is broken or lies. */
export class AnswerError extends Error {
  readonly code: AnswerErrorCode;

  constructor(code: AnswerErrorCode, message: string) {
    super(message);
    this.name = "AnswerError";
    this.code = code;
  }
}

function signerOf(digest: string, signature: string): { signer: string; canonical: string } {
  try {
    // Refuses high s, as the contract does.
    const parsed = Signature.from(signature);
    return { signer: recoverAddress(digest, parsed), canonical: parsed.serialized };
  } catch {
    throw new AnswerError("BadSignature", "its signature is not a canonical ECDSA signature");
  }
}

export interface VerifiedReport {
  /** One of each seat whose signature holds, whoever gave it to the node. */
  readonly answers: readonly VerifiedAnswer[];
  /** Why the node's own signature does not hold: it is broken or lies, but others' signatures are no less theirs. */
  readonly fault: AnswerError | null;
}

/**
 * Checks everything that the market's contract will check of the signatures in a node's report. Peers' signatures that do
 * not hold are left out.
 *
 * @throws AnswerError when the answer itself is none to this request
 */
export function verifyReport(found: FoundRequest, seat: Seat, signed: SignedAnswer): VerifiedReport {
  checkAnswer(found, seat, signed);
  const { answer, result } = signed;
  const digest = TypedDataEncoder.hash(marketDomain(found.chainId, found.market), answerTypes, answer);
  const answers: VerifiedAnswer[] = [];
  let fault: AnswerError | null = null;
  for (const { seat: other, signature: text } of [signed, ...signed.signatures]) {
    const signer = found.seats.find((candidate) => candidate.seat === other);
    if (signer === undefined || answers.some((known) => known.seat === other)) continue;
    try {
      answers.push({
        seat: other,
        digest,
        result,
        answer,
        signature: canonicalSignature(digest, signer, answer, text),
      });
    } catch (error) {
      if (!(error instanceof AnswerError)) throw error;
      if (other === seat.seat) fault = error;
    }
  }
  return { answers, fault };
}

/** @throws AnswerError `NotInActiveSet`, `BadSignature` */
function canonicalSignature(digest: string, seat: Seat, answer: MarketAnswer, text: string): string {
  if ((answer.activeSet & (1 << seat.seat)) === 0) {
    throw new AnswerError("NotInActiveSet", `its active set ${answer.activeSet} leaves itself out`);
  }
  const { signer, canonical } = signerOf(digest, text);
  if (signer !== seat.signer) {
    throw new AnswerError("BadSignature", "its signature is not by the key registered for the seat");
  }
  return canonical;
}

function checkAnswer(found: FoundRequest, seat: Seat, signed: SignedAnswer): void {
  const { answer, result } = signed;
  if (signed.seat !== seat.seat) throw new AnswerError("WrongSeat", `it answers as seat ${signed.seat}`);
  if (answer.requestId !== found.requestId) throw new AnswerError("WrongRequest", "it answers another request");
  if (answer.status !== AnswerStatus.computed) {
    throw new AnswerError("UnsupportedStatus", `its answer has status ${answer.status}`);
  }
  if (answer.proofType !== ProofType.threeSignatures) {
    throw new AnswerError("UnsupportedProofType", `its answer has proof type ${answer.proofType}`);
  }
  const resultBytes = (result.length - 2) / 2;
  if (resultBytes > MAXIMUM_RESULT_BYTES) {
    throw new AnswerError("ResultTooLarge", `its result of ${resultBytes} bytes exceeds ${MAXIMUM_RESULT_BYTES}`);
  }
  if (keccak256(result) !== answer.outputsHash)
    throw new AnswerError("ResultMismatch", "its result does not hash to outputsHash");
}
