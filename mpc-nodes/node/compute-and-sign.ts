/** A request that was accepted: computed with the peers, its digest persisted, then signed (PROTOCOL 7). */
import { PRIVATE_INPUTS } from "@sharebridge/algorithms/language/private-inputs.ts";
import { answerTypes, type MarketAnswer, marketDomain } from "@sharebridge/contracts/typed-data.ts";
import { isHexString, ZeroHash } from "ethers";
import { requestBindingOf } from "../engine/binding.ts";
import type { Evidence, Job, JobHooks, SeatSignature } from "../engine/engine.ts";
import { answerFor } from "./answer.ts";
import { isTooLate, type NodeContext } from "./context.ts";
import { NodeError } from "./errors.ts";
import { loadInputs } from "./inputs.ts";
import { loadNamedInputs } from "./named-inputs.ts";
import type { CheckedRequest } from "./request-checks.ts";
import { requestKeysOf } from "./request-keys.ts";
import { isSeatSignature } from "./seat-signature.ts";

/** Resolves when the answer is signed and stored. Throws what the engine throws, `DeadlinePassed`, `DigestConflict`. */
export async function computeAndSign(context: NodeContext, checked: CheckedRequest): Promise<void> {
  const { store, seat, engine, chain, log } = context;
  const { requestId, market, request, program, words, tables, rows, contributions, privateInputs } = checked;
  const { epoch, algorithm, poolHash } = request;
  const { columns, salts } = await loadInputs(store, tables, program, seat);
  if (privateInputs !== null) columns.set(PRIVATE_INPUTS, await loadNamedInputs(store, privateInputs));
  const terms = { chainId: chain.chainId, market, requestId, epoch, algorithm, poolHash };
  const job: Job = {
    terms,
    program,
    parameters: words,
    inputs: columns,
    rows,
    contributions,
    requestKeys: requestKeysOf(salts, requestBindingOf(terms)),
    sealed: request.answerKey !== ZeroHash,
  };
  const evidence: Promise<void>[] = [];
  const hooks = hooksFor(context, checked, (found) => evidence.push(keepEvidence(context, requestId, found)));
  try {
    const { attempt, activeSet, excluded, signatures, statistics } = await engine.compute(job, hooks);
    await keepCertificate(context, requestId, attempt, signatures);
    // Answered for good: nothing will be computed on them again.
    if (privateInputs !== null) await store.removePrivateInputs(privateInputs.commitment);
    const level = excluded === null ? "info" : "warn";
    log[level]({ requestId, rows, attempt, activeSet, excluded, statistics: { ...statistics } }, "computed");
  } finally {
    await Promise.all(evidence);
  }
}

/** Signs the persisted answer: whatever happens in between, it is always the same one. */
export async function signPersisted(context: NodeContext, requestId: string, market: string): Promise<string> {
  const { store, keys, chain, log } = context;
  const persisted = await store.answer(requestId);
  if (persisted === null) throw new Error(`nothing is persisted for request ${requestId}`);
  const domain = marketDomain(chain.chainId, market);
  const signature = await keys.signer.signTypedData(domain, answerTypes, persisted.answer);
  await store.putSignature(requestId, signature);
  log.info({ requestId }, "signed");
  return signature;
}

/** What the engine asks back while it computes. */
function hooksFor(context: NodeContext, checked: CheckedRequest, onEvidence: JobHooks["onEvidence"]): JobHooks {
  const { store, seat, chain } = context;
  const { requestId, market, request, signers, epsilon } = checked;
  const domain = marketDomain(chain.chainId, market);
  return {
    // Nothing of the computation is sent before this is durable.
    begin: () => store.markComputing(requestId),
    persistAndSign: async (settlement) => {
      await requireTime(context, requestId, request.deadlineUnixS);
      const { result, opening } = settlement;
      await store.putAnswer({ requestId, seat, answer: answerFor(requestId, settlement, epsilon), result, opening });
      return signPersisted(context, requestId, market);
    },
    isSignature: async (claim, signed) => {
      const answer = answerOfClaim(checked, claim);
      return answer !== null && isSeatSignature(domain, signers, answer, signed);
    },
    onEvidence,
  };
}

/** Null for a peer's claim whose result is no bytes at all. */
function answerOfClaim(checked: CheckedRequest, claim: Parameters<JobHooks["isSignature"]>[0]): MarketAnswer | null {
  return isHexString(claim.result, true) ? answerFor(checked.requestId, claim, checked.epsilon) : null;
}

/** What the peers have signed goes out with this node's own signature; without it that one still does. */
async function keepCertificate(
  { store, log }: NodeContext,
  requestId: string,
  attempt: number,
  signatures: readonly SeatSignature[],
): Promise<void> {
  await store.putCertificate(requestId, attempt, signatures).catch((error: unknown) => {
    log.error({ requestId, error }, "the peers' signatures could not be kept");
  });
}

/** Into the log and the store, for the operator; a request is computed though it cannot be kept. */
async function keepEvidence(context: NodeContext, requestId: string, evidence: Evidence): Promise<void> {
  const { store, log, nowUnixMs } = context;
  log.warn({ requestId, ...evidence }, "an attempt failed");
  await store.putEvidence({ requestId, ...evidence, atUnixMs: nowUnixMs() }).catch((error: unknown) => {
    log.error({ requestId, error }, "the evidence could not be kept");
  });
}

/**
 * Before anything is persisted to be signed: throws `DeadlinePassed`. Without the chain the machine's clock decides; what
 * is signed is released only after another look at the chain.
 */
async function requireTime(context: NodeContext, requestId: string, deadlineUnixS: bigint): Promise<void> {
  const view = await context.chain.view().catch(() => ({ latestUnixS: 0n }));
  if (!isTooLate(context, view, deadlineUnixS)) return;
  throw new NodeError("DeadlinePassed", `request ${requestId} was computed too near its deadline; nothing is signed`);
}
