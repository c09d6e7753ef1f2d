/** Receipts: "this node holds the dataset's shares, and it fits this market's program", signed for one market. */
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { tablesOf } from "@sharebridge/algorithms/language/tables.ts";
import { marketDomain, receiptTypes } from "@sharebridge/contracts/typed-data.ts";
import type { ChainDataset, ChainView } from "../chain/chain-reader.ts";
import type { PartyId } from "../math/party.ts";
import type { DatasetManifest } from "../store/store.ts";
import type { NodeContext } from "./context.ts";
import { NodeError } from "./errors.ts";
import { requireAddress, requireBytes32 } from "./ids.ts";
import { approvedProgram } from "./programs.ts";
import { checkFit } from "./stored-schema.ts";

export interface SignedReceipt {
  readonly seat: PartyId;
  readonly datasetId: string;
  readonly commitment: string;
  /** Decimal. */
  readonly epoch: string;
  readonly validRows: number;
  /** 65 bytes, hex. */
  readonly signature: string;
}

export async function giveReceipt(
  context: NodeContext,
  datasetIdText: unknown,
  marketText: unknown,
): Promise<SignedReceipt> {
  const datasetId = requireBytes32("a dataset id", datasetIdText);
  const market = requireAddress("market", marketText);

  const view = await context.chain.view();
  // Check: anyone may ask, so the market is known before the store is touched.
  await checkMarket(view, market);
  const stored = await storedDataset(context, datasetId);
  const dataset = await registeredDataset(view, stored);
  checkEpoch(context, dataset);
  await checkProgram(context, view, market, stored);

  // The seller's SDK keeps rows out of range from being shared; validity of every row is the whole table's.
  const receipt = {
    datasetId: BigInt(datasetId),
    commitment: dataset.commitment,
    epoch: dataset.epoch,
    validRows: dataset.rows,
  };
  const signature = await context.keys.signer.signTypedData(
    marketDomain(context.chain.chainId, market),
    receiptTypes,
    receipt,
  );
  context.log.info({ datasetId, market }, "receipt signed");
  return {
    seat: context.seat,
    datasetId,
    commitment: dataset.commitment,
    epoch: dataset.epoch.toString(),
    validRows: dataset.rows,
    signature,
  };
}

/** Entry and manifest only: nothing here needs the shares, which are large. */
async function storedDataset({ store }: NodeContext, datasetId: string): Promise<DatasetManifest> {
  const stored = await store.datasetManifest(datasetId);
  if (stored === null) {
    throw new NodeError(
      "DatasetNotStored",
      `this node does not hold the shares of dataset ${datasetId}: upload them first`,
    );
  }
  return stored;
}

async function registeredDataset(view: ChainView, stored: DatasetManifest): Promise<ChainDataset> {
  const dataset = await view.dataset(stored.datasetId);
  if (dataset === null)
    throw new NodeError("UnknownDataset", `no dataset ${stored.datasetId} is registered on this chain`);
  if (dataset.commitment !== stored.commitment) {
    throw new NodeError(
      "CommitmentMismatch",
      `the chain shows commitment ${dataset.commitment}, the shares stored here match ${stored.commitment}`,
    );
  }
  return dataset;
}

function checkEpoch({ committeeId, epoch }: NodeContext, dataset: ChainDataset): void {
  if (dataset.committeeId !== committeeId || dataset.epoch !== epoch) {
    throw new NodeError(
      "WrongEpoch",
      `the dataset is bound to committee ${dataset.committeeId}, epoch ${dataset.epoch}; this node serves ${committeeId}, ${epoch}`,
    );
  }
}

async function checkMarket(view: ChainView, market: string): Promise<void> {
  if (!(await view.isMarket(market))) {
    throw new NodeError("UnknownMarket", `${market} is not a market of this node's factory`);
  }
}

async function checkProgram(
  context: NodeContext,
  view: ChainView,
  market: string,
  stored: DatasetManifest,
): Promise<void> {
  const terms = await view.terms(market);
  if (terms.committeeId !== context.committeeId) {
    throw new NodeError(
      "WrongCommittee",
      `market ${market} is computed by committee ${terms.committeeId}, not ${context.committeeId}`,
    );
  }
  const program = await approvedProgram(context, terms.algorithm);
  checkLength(stored, program, checkFit(stored, program));
}

/** A dataset that alone is too long would make every pool that it joins one that no node computes on. */
function checkLength({ datasetId, rows }: DatasetManifest, program: Program, table: number): void {
  const { maximumRows } = tablesOf(program)[table];
  if (rows > maximumRows) {
    throw new NodeError(
      "DatasetTooLong",
      `dataset ${datasetId} has ${rows} rows; program ${program.name} is proven for at most ${maximumRows}`,
    );
  }
}
