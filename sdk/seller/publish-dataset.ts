import { schemaHash, type TableSchema } from "@sharebridge/algorithms/language/schema.ts";
import { datasetCommitment, SIGNATURES_REQUIRED } from "@sharebridge/contracts/typed-data.ts";
import { COMMITMENT_SCHEME } from "@sharebridge/mpc-nodes/sharing/commitment.ts";
import { shareTable } from "@sharebridge/mpc-nodes/sharing/table.ts";
import { getBytes, hexlify, type Signer, toBeHex } from "ethers";
import { SdkError } from "../errors/sdk-error.ts";
import { type NodeCallOptions, NodeRefusal } from "../network/call-node.ts";
import { forEachSeat, requireEveryNode } from "../network/each-node.ts";
import { type Market, seatsOf } from "../network/open-market.ts";
import { type EncodedTable, encodeTable } from "../table/encode-table.ts";
import type { Table } from "../table/table.ts";
import { checkFit, checkRoom } from "./check-fit.ts";
import { checkNodes } from "./check-nodes.ts";
import { agreeingReceipts, collectReceipt } from "./collect-receipt.ts";
import { joinMarket } from "./join-market.ts";
import { checkPolicy, type Policy } from "./policy.ts";
import {
  checkPublication,
  createPublication,
  memoryPublicationStore,
  type Publication,
  type PublicationStore,
  sharingRandomness,
} from "./publication.ts";
import { datasetIdOf, findDataset, registerDataset } from "./register-dataset.ts";
import { uploadShares } from "./upload-shares.ts";

export type PublishStep = "share" | "register" | "upload" | "receipts" | "join";

export interface PublishProgress {
  readonly step: PublishStep;
  /** What happened, in words. */
  readonly message: string;
  /** Within "upload" and "receipts": how many of the four nodes are done. */
  readonly done?: number;
}

export interface PublishOptions {
  readonly signer: Signer;
  readonly market: Market;
  readonly table: Table;
  readonly schema: TableSchema;
  readonly policy: Policy;
  /** Where the publication is kept between its steps; without one it cannot be resumed by another process. */
  readonly store?: PublicationStore;
  readonly onProgress?: (progress: PublishProgress) => void;
  readonly nodes?: NodeCallOptions;
}

export interface Published {
  readonly datasetId: bigint;
  readonly commitment: string;
  readonly rows: number;
  /** Those within the ranges of the schema: what is computed on and paid for. Everybody sees both numbers on the chain. */
  readonly validRows: number;
  /** Seats whose receipts agree, at least three. The shares are at all four nodes. */
  readonly receiptSeats: readonly number[];
  /** Transactions of this call; absent where an earlier one had done the step. */
  readonly transactions: { register?: string; join?: string };
}

/**
 * Publishes a table: shares it, registers the commitment on chain, uploads the sealed shares to the four nodes, collects
 * their receipts and joins the market. The table itself goes nowhere. Before anything is registered, the four nodes are
 * asked whether they take the shares; the market is joined only when all four hold them, because a computation needs all
 * four. Calling it again with the same `store` goes on where the last call stopped, whatever it was that failed.
 *
 * @example
 * const market = await openMarket(connection, "payGap");
 * const { datasetId } = await publishDataset({ signer, market, table, schema, policy });
 *
 * @throws SdkError of every step; none of them loses what was done before.
 */
export async function publishDataset(options: PublishOptions): Promise<Published> {
  const { signer, market, policy } = options;
  const { connection, terms } = market;
  const progress = options.onProgress ?? (() => {});

  const table = encodeTable(options.table, options.schema);
  await checkFit(market, options.schema, table.rows);

  const seller = await signer.getAddress();
  const subject = { chainId: connection.chainId, registry: connection.datasetRegistry, seller, table };
  const store = options.store ?? memoryPublicationStore();
  const publication = await begin(store, subject);
  const datasetId = await datasetIdOf(connection, seller, publication.salt);

  // A dataset that is registered already has its policy on chain; joining is checked against that one.
  const dataset = await findDataset(connection, datasetId);
  if (dataset === null) {
    checkPolicy(policy, market);
    await checkRoom(market, table.rows);
  }

  progress({
    step: "share",
    message: `Splitting ${table.rows} rows of ${options.schema.columns.length} columns into four shares`,
  });
  const id = getBytes(toBeHex(datasetId, 32));
  const shared = await shareTable(table.columns, id, sharingRandomness(publication, id));
  const commitment = datasetCommitment(
    COMMITMENT_SCHEME,
    shared.commitments.map((bytes) => hexlify(bytes)),
  );

  const transactions: { register?: string; join?: string } = {};
  const { committeeId } = dataset ?? terms;
  const epoch = dataset?.epoch ?? (await connection.committees.currentEpoch(committeeId));
  const seats = await seatsOf(connection, committeeId, epoch);
  const upload = { connection, signer, datasetId, committeeId, epoch, commitment, schema: options.schema, shared };
  if (dataset === null) {
    progress({ step: "register", message: "Asking the four nodes whether they take the shares" });
    await checkNodes(upload, seats, options.nodes);
    progress({ step: "register", message: "Registering the commitment on chain" });
    transactions.register = await registerDataset({
      connection,
      signer,
      salt: publication.salt,
      dataset: {
        commitment,
        scheme: COMMITMENT_SCHEME,
        schemaHash: schemaHash(options.schema),
        rows: table.rows,
        committeeId,
        epoch,
      },
      policy,
    });
  } else {
    progress({ step: "register", message: `The dataset ${toBeHex(datasetId, 32)} is registered already` });
    if (dataset.commitment !== commitment) {
      throw new SdkError(
        "PublicationChanged",
        "The shares are not those that were registered. Publish anew with --new.",
      );
    }
  }

  const uploaded = await forEachSeat(
    seats,
    (seat) => uploadShares(upload, seat, options.nodes),
    (seat, done) => progress({ step: "upload", message: `Node ${seat.seat} holds its shares`, done }),
  );
  requireEveryNode(uploaded.failures, seats.length, "hold their shares", RUN_AGAIN);

  progress({ step: "receipts", message: "The nodes check together that every row is within its ranges", done: 0 });
  const receipts = await forEachSeat(
    seats,
    (seat) => collectReceipt(market, { datasetId, commitment, epoch }, seat, options.nodes),
    (seat, done) => progress({ step: "receipts", message: `Node ${seat.seat} gave its receipt`, done }),
  );
  const lost = receipts.failures.filter(({ error }) => saysThatSharesAreMissing(error));
  requireEveryNode(lost, seats.length, "hold their shares", RUN_AGAIN);
  requireSomeRow(receipts.failures, table.rows);
  const agreeing = agreeingReceipts(receipts.successes.map(({ value }) => value));
  requireThree(agreeing, receipts.failures);
  const { validRows } = agreeing[0];
  if (validRows < table.rows) progress({ step: "receipts", message: excludedSentence(table.rows, validRows) });

  if (await market.contract.isMember(datasetId)) {
    progress({ step: "join", message: "The dataset is in the market already" });
  } else {
    progress({ step: "join", message: "Joining the market" });
    transactions.join = await joinMarket({ signer, market, datasetId, receipts: agreeing });
  }
  return {
    datasetId,
    commitment,
    rows: table.rows,
    validRows,
    receiptSeats: agreeing.map(({ seat }) => seat),
    transactions,
  };
}

const RUN_AGAIN = "The market was not joined. Nothing is lost: run the same command again when they are back.";

/** What the nodes have found, in words. */
export function excludedSentence(rows: number, validRows: number): string {
  const excluded = rows - validRows;
  const are = excluded === 1 ? "row lies" : "rows lie";
  return `${excluded} of ${rows} ${are} outside of the ranges that the schema declares: left out for good, not computed on and not paid for`;
}

/** A table without a valid row joins nothing, however often its nodes are asked. */
function requireSomeRow(failures: readonly { error: SdkError }[], rows: number): void {
  const found = failures.filter(({ error }) => error instanceof NodeRefusal && error.nodeCode === "NoValidRows");
  if (found.length < SIGNATURES_REQUIRED) return;
  throw new SdkError(
    "NoValidRows",
    `None of the ${rows} rows lies within the ranges that the schema declares. Publish a table whose rows do, as a new dataset.`,
  );
}

/** A node that took the shares and has lost them since. */
function saysThatSharesAreMissing(error: SdkError): boolean {
  return error instanceof NodeRefusal && error.nodeCode === "DatasetNotStored";
}

/** The contract joins with three receipts, once the shares are everywhere. */
function requireThree(agreeing: readonly unknown[], failures: readonly { error: SdkError }[]): void {
  if (agreeing.length >= SIGNATURES_REQUIRED) return;
  throw new SdkError(
    "TooFewReceipts",
    `${agreeing.length} of the four nodes gave receipts that agree; ${SIGNATURES_REQUIRED} are needed. ${failures.map(({ error }) => error.message).join(" ")} ${RUN_AGAIN}`,
  );
}

async function begin(
  store: PublicationStore,
  subject: { chainId: bigint; registry: string; seller: string; table: EncodedTable },
): Promise<Publication> {
  const kept = await store.load();
  if (kept !== null) {
    checkPublication(kept, subject);
    return kept;
  }
  const publication = createPublication(subject);
  await store.save(publication);
  return publication;
}
