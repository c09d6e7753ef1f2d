/** Receipts: "this node holds the shares of the dataset's valid rows, and they fit this market's program", signed for one market. */
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { tablesOf } from "@sharebridge/algorithms/language/tables.ts";
import { marketDomain, receiptTypes } from "@sharebridge/contracts/typed-data.ts";
import type { ChainView } from "../chain/chain-reader.ts";
import type { PartyId } from "../math/party.ts";
import type { DatasetManifest } from "../store/store.ts";
import type { NodeContext } from "./context.ts";
import { NodeError } from "./errors.ts";
import { requireAddress, requireBytes32 } from "./ids.ts";
import { checkCommittee, checkMarket } from "./market-checks.ts";
import { checkTerms } from "./policy-checks.ts";
import { approvedProgram } from "./programs.ts";
import { registeredDataset } from "./registered-dataset.ts";
import type { RowChecks } from "./row-checks.ts";
import { checkFit } from "./stored-schema.ts";

export interface SignedReceipt {
  readonly seat: PartyId;
  readonly datasetId: string;
  readonly commitment: string;
  /** Decimal. */
  readonly epoch: string;
  readonly validRows: number;
  /** To the shares of the valid rows alone; `commitment` where all are valid. */
  readonly validCommitment: string;
  /** 65 bytes, hex. */
  readonly signature: string;
}

/** @param rowChecks Finds the valid rows, with the peers where that was not done before. */
export async function giveReceipt(
  context: NodeContext,
  rowChecks: Pick<RowChecks, "validRowsOf">,
  datasetIdText: unknown,
  marketText: unknown,
): Promise<SignedReceipt> {
  const datasetId = requireBytes32("a dataset id", datasetIdText);
  const market = requireAddress("market", marketText);

  const view = await context.chain.view();
  // Check: anyone may ask, so the market is known before the store is touched.
  await checkMarket(view, market);
  const stored = await storedDataset(context, datasetId);
  const dataset = await registeredDataset(context, view, stored);
  await checkProgram(context, view, market, stored);
  const { commitment, epoch } = dataset;
  const { validRows, commitment: validCommitment } = await rowChecks.validRowsOf(dataset);
  if (validRows === 0) {
    const message = `no row of dataset ${datasetId} lies within the ranges that its schema declares`;
    throw new NodeError("NoValidRows", message);
  }

  const receipt = { datasetId: BigInt(datasetId), commitment, epoch, validRows, validCommitment };
  const signature = await context.keys.signer.signTypedData(
    marketDomain(context.chain.chainId, market),
    receiptTypes,
    receipt,
  );
  context.log.info({ datasetId, market }, "receipt signed");
  return {
    seat: context.seat,
    ...{ datasetId, commitment, epoch: epoch.toString(), validRows, validCommitment },
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

async function checkProgram(
  context: NodeContext,
  view: ChainView,
  market: string,
  stored: DatasetManifest,
): Promise<void> {
  const terms = await view.terms(market);
  checkCommittee(context, market, terms);
  const program = await approvedProgram(context, terms.algorithm);
  checkTerms(program, terms);
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
