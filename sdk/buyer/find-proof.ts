import { IDataMarket__factory } from "@sharebridge/contracts";
import type { MarketAnswer, MarketRequest } from "@sharebridge/contracts/typed-data.ts";
import { AbiCoder, getAddress, ParamType } from "ethers";

export interface FoundProof {
  readonly market: string;
  readonly request: MarketRequest;
  readonly answer: MarketAnswer;
  readonly signerSeats: number;
  /** 65 bytes each, in the order of the seats. */
  readonly signatures: string;
}

// abi.encode(address market, Proof): market, offset of the proof, the request's 14 words, then the answer, which begins
// with the request id.
const WORD = 32;
const ANSWER_OFFSET = (2 + 14) * WORD;

/**
 * Finds proofs for a request in a transaction's calldata, whatever the delivery went through: `deliver` itself, the
 * Operator's `fulfillOracleRequest2` with the gateway's callback inside, or a batch. The request id inside the proof is
 * looked for, at any byte; what stands around it must decode as a proof. Callers check the signatures.
 *
 * @example
 * const [proof] = findProofs(transaction.data, requestId, market);
 */
export function findProofs(calldata: string, requestId: string, market: string): FoundProof[] {
  const data = calldata.slice(2).toLowerCase();
  const wanted = requestId.slice(2).toLowerCase();
  const marketWord = market
    .slice(2)
    .toLowerCase()
    .padStart(2 * WORD, "0");
  const found: FoundProof[] = [];
  for (let at = data.indexOf(wanted); at >= 0; at = data.indexOf(wanted, at + 1)) {
    const start = at - 2 * ANSWER_OFFSET;
    if (start < 0 || at % 2 !== 0 || data.slice(start, start + 2 * WORD) !== marketWord) continue;
    const proof = decode(`0x${data.slice(start)}`);
    if (proof !== null) found.push(proof);
  }
  return found;
}

const REQUEST_TUPLE = ParamType.from(IDataMarket__factory.createInterface().getFunction("requestIdOf").inputs[0]);
const ANSWER_TUPLE = ParamType.from(IDataMarket__factory.createInterface().getFunction("digestOf").inputs[0]);
const PROOF_TYPES = [
  "address",
  ParamType.from({
    type: "tuple",
    components: [
      { ...JSON.parse(REQUEST_TUPLE.format("json")), name: "request" },
      { ...JSON.parse(ANSWER_TUPLE.format("json")), name: "answer" },
      { type: "uint8", name: "signerSeats" },
      { type: "bytes", name: "signatures" },
    ],
  }),
];

function decode(encoded: string): FoundProof | null {
  try {
    // Words that follow the proof in the calldata are no part of it; the decoder reads by offsets and leaves them alone.
    const [market, proof] = AbiCoder.defaultAbiCoder().decode(PROOF_TYPES, encoded);
    const { request, answer, signerSeats, signatures } = proof;
    return {
      market: getAddress(market),
      request: request.toObject() as MarketRequest,
      answer: answerOf(answer),
      signerSeats: Number(signerSeats),
      signatures,
    };
  } catch {
    return null; // The bytes around the id are something else.
  }
}

/** `IDataMarket.Answer` with small numbers as numbers. */
export function answerOf(answer: {
  requestId: string;
  status: bigint;
  outputsHash: string;
  budgetSpent: bigint;
  attempt: bigint;
  activeSet: bigint;
  proofType: bigint;
}): MarketAnswer {
  return {
    requestId: answer.requestId,
    status: Number(answer.status),
    outputsHash: answer.outputsHash,
    budgetSpent: answer.budgetSpent,
    attempt: Number(answer.attempt),
    activeSet: Number(answer.activeSet),
    proofType: Number(answer.proofType),
  };
}
