import { termsMismatch } from "@sharebridge/algorithms/language/market-terms.ts";
import {
  answerTypes,
  decodePublicResult,
  decodeSealedResult,
  marketDomain,
  requestIdOf,
  SIGNATURES_REQUIRED,
} from "@sharebridge/contracts/typed-data.ts";
import { PARTIES, type PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { dataLength, dataSlice, getAddress, keccak256, verifyTypedData, ZeroHash } from "ethers";
import { SdkError } from "../errors/sdk-error.ts";
import type { Connection } from "../network/connect.ts";
import { findProgram } from "../network/find-program.ts";
import { type FoundRequest, findRequest } from "../network/find-request.ts";
import { readPool } from "../network/read-pool.ts";
import { type FoundAnswer, findAnswer } from "./find-answer.ts";
import { type FoundProof, findProofs } from "./find-proof.ts";

export interface Check {
  readonly name: string;
  readonly passed: boolean;
  /** What was found, in words. */
  readonly detail: string;
}

export interface Verification {
  readonly requestId: string;
  readonly market: string;
  readonly transactionHash: string;
  /** True when every check passed. */
  readonly valid: boolean;
  readonly checks: readonly Check[];
}

/**
 * Checks an answer from the chain alone, trusting no node, no bridge and not even the market's own checks: the request's
 * id, the pool that it was computed on, the result's hash and shape, and at least three seats' signatures, which are found
 * in the calldata of the delivering transaction.
 *
 * @example
 * const { valid, checks } = await verifyAnswer({ connection, requestId });
 *
 * @throws SdkError UnknownRequest, NotAnswered. A check that fails is no error but a failed check.
 */
export async function verifyAnswer(options: { connection: Connection; requestId: string }): Promise<Verification> {
  const found = await findRequest(options.connection, options.requestId);
  const answer = await findAnswer(found);
  if (answer === null)
    throw new SdkError("NotAnswered", "The request has no answer on chain yet: there is nothing to verify.");
  const checks = [
    checkRequestId(found),
    checkParameters(found),
    await checkPool(found),
    checkResultHash(found, answer),
    checkResultShape(found, answer),
    await checkBudget(found, answer),
    await checkSignatures(found, answer),
  ];
  return {
    requestId: found.requestId,
    market: found.market.address,
    transactionHash: answer.transactionHash,
    valid: checks.every(({ passed }) => passed),
    checks,
  };
}

function checkRequestId({ requestId, market, request }: FoundRequest): Check {
  const computed = requestIdOf(market.connection.chainId, market.address, request);
  const passed = computed === requestId;
  return {
    name: "request id",
    passed,
    detail: passed
      ? "chain, market and every field of the request hash to its id"
      : `the request hashes to ${computed}`,
  };
}

function checkParameters({ request, parameters }: FoundRequest): Check {
  const passed = keccak256(parameters) === request.parametersHash;
  return {
    name: "parameters",
    passed,
    detail: passed
      ? "the public parameters hash to the request's parametersHash"
      : "the parameters are not the request's",
  };
}

async function checkPool(found: FoundRequest): Promise<Check> {
  const pool = await readPool(found.market, found);
  const { poolHash, poolRows } = found.request;
  const passed = pool.consistent && pool.poolHash === poolHash && pool.rows === poolRows;
  return {
    name: "pool",
    passed,
    detail: passed
      ? `${pool.members.length} datasets with ${pool.rows} rows, from their joins and leaves, hash to the request's pool`
      : `the joins and leaves give the pool ${pool.poolHash} of ${pool.rows} rows, the request names ${poolHash} of ${poolRows}`,
  };
}

function checkResultHash({ requestId }: FoundRequest, { answer, result }: FoundAnswer): Check {
  const passed = keccak256(result) === answer.outputsHash && answer.requestId === requestId && answer.status === 1;
  return {
    name: "result",
    passed,
    detail: passed
      ? "the result hashes to the outputs that the nodes signed for this request"
      : "the result is not what was signed",
  };
}

function checkResultShape({ request }: FoundRequest, { result }: FoundAnswer): Check {
  const name = "commitments";
  try {
    if (request.answerKey === ZeroHash) {
      return { name, passed: true, detail: `a public answer of ${decodePublicResult(result).length} numbers` };
    }
    const commitments = decodeSealedResult(result);
    const passed = dataLength(result) === 128 && new Set(commitments).size === 4 && !commitments.includes(ZeroHash);
    return {
      name,
      passed,
      detail: passed
        ? "a sealed answer: four distinct commitments to output shares"
        : "the four commitments are not distinct",
    };
  } catch {
    return { name, passed: false, detail: "the result does not decode as the request asked for it" };
  }
}

/** What the nodes signed as spent is what the market's terms say, and what the program costs if it is at hand. */
async function checkBudget({ market }: FoundRequest, { answer }: FoundAnswer): Promise<Check> {
  const { terms, connection } = market;
  const program = await findProgram(connection, terms.algorithm).catch((error: unknown) => {
    if (error instanceof SdkError && error.code === "UnknownProgram") return null;
    throw error;
  });
  const mismatch = program === null ? null : termsMismatch(program, terms);
  const spent = answer.budgetSpent;
  const passed = spent === terms.epsilonPerRequest && mismatch === null;
  const costs =
    spent === 0n
      ? "exact numbers, which no budget is charged for"
      : `${spent} millionths of epsilon, as the market's terms say`;
  const detail =
    mismatch === null
      ? `the nodes signed ${spent} millionths of epsilon, the market's terms say ${terms.epsilonPerRequest}`
      : mismatch;
  return { name: "privacy budget", passed, detail: passed ? costs : detail };
}

async function checkSignatures(found: FoundRequest, answer: FoundAnswer): Promise<Check> {
  const name = "signatures";
  const { market, request, requestId } = found;
  const { connection, address, terms } = market;
  const transaction = await connection.provider.getTransaction(answer.transactionHash);
  const proofs = transaction === null ? [] : findProofs(transaction.data, requestId, address);
  if (proofs.length === 0) {
    const detail = `the calldata of ${answer.transactionHash} holds no proof (delivered by a contract of another kind)`;
    return { name, passed: false, detail };
  }
  const signers = (await connection.committees.signersOf(terms.committeeId, request.epoch)).map(getAddress);
  const best = proofs
    .map((proof) => seatsThatSigned(found, answer, proof, signers))
    .sort((a, b) => b.length - a.length)[0];
  const passed = best.length >= SIGNATURES_REQUIRED;
  return {
    name,
    passed,
    detail: passed
      ? `seats ${best.join(", ")} of committee ${terms.committeeId}, epoch ${request.epoch}, signed this answer`
      : `only ${best.length} seats of committee ${terms.committeeId} signed this answer; ${SIGNATURES_REQUIRED} are needed`,
  };
}

/** Distinct seats whose key on chain signed exactly the answer that the event shows. */
function seatsThatSigned(
  { market }: FoundRequest,
  { answer }: FoundAnswer,
  proof: FoundProof,
  signers: readonly string[],
): PartyId[] {
  const seats = PARTIES.filter((seat) => (proof.signerSeats >> seat) & 1);
  const domain = marketDomain(market.connection.chainId, market.address);
  return seats.filter((seat, index) => {
    try {
      const signature = dataSlice(proof.signatures, 65 * index, 65 * (index + 1));
      return getAddress(verifyTypedData(domain, answerTypes, answer, signature)) === signers[seat];
    } catch {
      return false;
    }
  });
}
