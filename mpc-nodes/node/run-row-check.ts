/** One session of the four nodes that checks a dataset's rows (PROTOCOL 11). */
import { canonicalJson } from "@sharebridge/algorithms/language/canonical-json.ts";
import { storedColumns } from "@sharebridge/algorithms/language/stored-columns.ts";
import { decodeValidityResult, validityTypes } from "@sharebridge/contracts/typed-data.ts";
import { AbiCoder, id, keccak256 } from "ethers";
import type { ChainDataset } from "../chain/chain-reader.ts";
import { lower } from "../chain/hex.ts";
import type { Evidence, JobHooks, RowsJob, Settlement } from "../engine/engine.ts";
import { decodePackage } from "../sharing/package.ts";
import { columnVector, expandPackage } from "../sharing/table.ts";
import type { StoredValidity } from "../store/store.ts";
import type { NodeContext } from "./context.ts";
import { NodeError } from "./errors.ts";
import { rowCheckIdOf } from "./row-check-id.ts";
import { manifestSchema } from "./stored-schema.ts";
import { isValiditySignature, type ValidityClaim, validityDomain, validityMessage, validRowsIn } from "./validity.ts";

/** Stands where a session of a request names its program. */
const ROW_CHECK = id("sharebridge/1/row-check");

/**
 * @param run A number that this node has not begun a session of the dataset with
 * @returns what three seats have signed. Throws what the engine throws.
 */
export async function runRowCheck(context: NodeContext, dataset: ChainDataset, run: number): Promise<StoredValidity> {
  const { engine, log } = context;
  const { datasetId } = dataset;
  const job = await jobOf(context, dataset, run);
  const evidence: Promise<void>[] = [];
  const hooks = await hooksFor(context, dataset, run, (found) => evidence.push(keepEvidence(context, job, found)));
  try {
    const { attempt, activeSet, excluded, result, signatures, statistics } = await engine.compute(job, hooks);
    const { validRows } = validRowsIn(result, dataset);
    const level = excluded === null ? "info" : "warn";
    const counts = { rows: dataset.rows, validRows };
    log[level]({ datasetId, ...counts, run, attempt, activeSet, statistics: { ...statistics } }, "rows checked");
    const sorted = [...signatures].sort((a, b) => a.seat - b.seat);
    return { datasetId, run, attempt, activeSet, result: result.toLowerCase(), signatures: sorted };
  } finally {
    await Promise.all(evidence);
  }
}

/** The session is bound to chain, registry, dataset, commitment, committee and epoch, and to its number. */
async function jobOf({ store, chain }: NodeContext, dataset: ChainDataset, run: number): Promise<RowsJob> {
  const { datasetId, commitment, committeeId, epoch, rows } = dataset;
  const stored = await store.dataset(datasetId);
  if (stored === null)
    throw new NodeError("DatasetNotStored", `the shares of dataset ${datasetId} are not here any more`);
  const ranges = storedColumns(manifestSchema(stored).columns);
  const shape = { columns: ranges.length, rows };
  const held = await expandPackage(decodePackage(stored.package, stored.seat, shape), shape);
  const scope = AbiCoder.defaultAbiCoder().encode(
    ["bytes32", "uint256", "uint256"],
    [ROW_CHECK, committeeId, datasetId],
  );
  return {
    terms: {
      chainId: chain.chainId,
      market: chain.deployment.datasets,
      requestId: rowCheckIdOf(datasetId, run),
      epoch,
      algorithm: keccak256(scope),
      poolHash: commitment,
    },
    ...{ datasetId, ranges, rows },
    inputs: new Map(ranges.map(({ name }, column) => [name, columnVector(held, column)])),
  };
}

async function hooksFor(
  context: NodeContext,
  dataset: ChainDataset,
  run: number,
  onEvidence: JobHooks["onEvidence"],
): Promise<JobHooks> {
  const { store, keys, chain, committeeId } = context;
  const signers = (await (await chain.view()).seats(committeeId, dataset.epoch)).map(({ signer }) => signer);
  const domain = validityDomain(context);
  const claimOf = ({ attempt, activeSet, result }: Omit<Settlement, "opening">): ValidityClaim => ({
    ...{ run, attempt, activeSet, result },
  });
  return {
    begin: () => store.beginRowCheck(dataset.datasetId, run),
    // Three signatures say that two honest seats have the shares on their disks.
    persistAndSign: async (settlement) => {
      if (settlement.opening !== null) await keepValidRows(context, dataset, settlement, settlement.opening);
      return keys.signer.signTypedData(domain, validityTypes, validityMessage(dataset, claimOf(settlement)));
    },
    isSignature: async (claim, signed) => isValiditySignature(domain, signers, dataset, claimOf(claim), signed),
    onEvidence,
  };
}

/** As if their seller had shared these rows alone. */
async function keepValidRows(
  { store, seat }: NodeContext,
  dataset: ChainDataset,
  { result }: Settlement,
  ownPackage: Uint8Array,
): Promise<void> {
  const { datasetId, epoch, scheme } = dataset;
  const { shareCommitments } = decodeValidityResult(result);
  const { validRows: rows, commitment } = validRowsIn(result, dataset);
  const stored = await store.datasetManifest(datasetId);
  if (stored === null)
    throw new NodeError("DatasetNotStored", `the shares of dataset ${datasetId} are not here any more`);
  const schema = manifestSchema(stored);
  await store.putValidRows({
    ...{ datasetId, seat, epoch, commitment, rows, owner: lower(dataset.owner) },
    manifest: canonicalJson({ datasetId, seat, scheme, rows, schema, shareCommitments }),
    package: ownPackage,
  });
}

/** Into the log and the store, for the operator, under the session's id. */
async function keepEvidence({ store, log, nowUnixMs }: NodeContext, job: RowsJob, evidence: Evidence): Promise<void> {
  const { datasetId, terms } = job;
  const { requestId } = terms;
  log.warn({ datasetId, requestId, ...evidence }, "an attempt to check rows failed");
  await store.putEvidence({ requestId, ...evidence, atUnixMs: nowUnixMs() }).catch((error: unknown) => {
    log.error({ datasetId, error }, "the evidence could not be kept");
  });
}
