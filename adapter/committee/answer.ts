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
  signature: z.string().regex(/^0x[0-9a-fA-F]{130}$/),
});

/** What `GET /v1/requests/{requestId}` of a node says. */
export const requestState = z.discriminatedUnion("state", [
  z.object({ requestId: bytes32, state: z.enum(["queued", "computing"]) }),
  z.object({ requestId: bytes32, state: z.literal("signed"), answer: signedAnswer }),
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

/** Checks everything that the market's contract will check of one signature. */
export function verifyAnswer(found: FoundRequest, seat: Seat, signed: SignedAnswer): VerifiedAnswer {
  const { answer, result } = signed;
  if (signed.seat !== seat.seat) throw new AnswerError("WrongSeat", `it answers as seat ${signed.seat}`);
  if (answer.requestId !== found.requestId) throw new AnswerError("WrongRequest", "it answers another request");
  if (answer.status !== AnswerStatus.computed) {
    throw new AnswerError("UnsupportedStatus", `its answer has status ${answer.status}`);
  }
  if (answer.proofType !== ProofType.threeSignatures) {
    throw new AnswerError("UnsupportedProofType", `its answer has proof type ${answer.proofType}`);
  }
  if ((answer.activeSet & (1 << seat.seat)) === 0) {
    throw new AnswerError("NotInActiveSet", `its active set ${answer.activeSet} leaves itself out`);
  }
  const resultBytes = (result.length - 2) / 2;
  if (resultBytes > MAXIMUM_RESULT_BYTES) {
    throw new AnswerError("ResultTooLarge", `its result of ${resultBytes} bytes exceeds ${MAXIMUM_RESULT_BYTES}`);
  }
  if (keccak256(result) !== answer.outputsHash)
    throw new AnswerError("ResultMismatch", "its result does not hash to outputsHash");
  const digest = TypedDataEncoder.hash(marketDomain(found.chainId, found.market), answerTypes, answer);
  const { signer, canonical } = signerOf(digest, signed.signature);
  if (signer !== seat.signer)
    throw new AnswerError("BadSignature", "its signature is not by the key registered for the seat");
  return { seat: seat.seat, digest, result, answer, signature: canonical };
}
