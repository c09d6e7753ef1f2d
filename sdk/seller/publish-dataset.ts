import { mismatches } from "@sharebridge/algorithms/language/satisfies.ts";
import { schemaHash, type TableSchema } from "@sharebridge/algorithms/language/schema.ts";
import { datasetCommitment, SIGNATURES_REQUIRED } from "@sharebridge/contracts/typed-data.ts";
import { COMMITMENT_SCHEME } from "@sharebridge/mpc-nodes/sharing/commitment.ts";
import { shareTable } from "@sharebridge/mpc-nodes/sharing/table.ts";
import { getBytes, hexlify, type Signer, toBeHex } from "ethers";
import { SdkError } from "../errors/sdk-error.ts";
import type { NodeCallOptions } from "../network/call-node.ts";
import { findProgram } from "../network/find-program.ts";
import { type Market, type NodeSeat, seatsOf } from "../network/open-market.ts";
import { type EncodedTable, encodeTable } from "../table/encode-table.ts";
import type { Table } from "../table/table.ts";
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
  readonly validRows: number;
  /** Seats that hold their shares. */
  readonly seats: readonly number[];
  /** Nodes that could not be reached or refused, and why. The market runs with three; run again to complete them. */
  readonly missing: readonly { seat: number; reason: string }[];
  /** Transactions of this call; absent where an earlier one had done the step. */
  readonly transactions: { register?: string; join?: string };
}

/**
 * Publishes a table: shares it, registers the commitment on chain, uploads the sealed shares to the four nodes, collects
 * their receipts and joins the market. The table itself goes nowhere. Calling it again with the same `store` goes on
 * where the last call stopped, whatever it was that failed.
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
  await checkFit(market, options.schema);

  const seller = await signer.getAddress();
  const subject = { chainId: connection.chainId, registry: connection.datasetRegistry, seller, table };
  const store = options.store ?? memoryPublicationStore();
  const publication = await begin(store, subject);
  const datasetId = await datasetIdOf(connection, seller, publication.salt);

  // A dataset that is registered already has its policy on chain; joining is checked against that one.
  let dataset = await findDataset(connection, datasetId);
  if (dataset === null) checkPolicy(policy, market);

  progress({
    step: "share",
    message: `Splitting ${table.rows} rows of ${table.columns.length} columns into four shares`,
  });
  const id = getBytes(toBeHex(datasetId, 32));
  const shared = await shareTable(table.columns, id, sharingRandomness(publication, id));
  const commitment = datasetCommitment(
    COMMITMENT_SCHEME,
    shared.commitments.map((bytes) => hexlify(bytes)),
  );

  const transactions: { register?: string; join?: string } = {};
  if (dataset === null) {
    const registered = {
      commitment,
      scheme: COMMITMENT_SCHEME,
      schemaHash: schemaHash(options.schema),
      rows: table.rows,
      committeeId: terms.committeeId,
      epoch: await connection.committees.currentEpoch(terms.committeeId),
    };
    progress({ step: "register", message: "Registering the commitment on chain" });
    transactions.register = await registerDataset({
      connection,
      signer,
      salt: publication.salt,
      dataset: registered,
      policy,
    });
    dataset = registered;
  } else {
    progress({ step: "register", message: `The dataset ${toBeHex(datasetId, 32)} is registered already` });
    if (dataset.commitment !== commitment) {
      throw new SdkError(
        "PublicationChanged",
        "The shares are not those that were registered. Publish anew with --new.",
      );
    }
  }

  const seats = await seatsOf(connection, dataset.committeeId, dataset.epoch);
  const { committeeId, epoch } = dataset;
  const upload = { connection, signer, datasetId, committeeId, epoch, commitment, schema: options.schema, shared };
  const uploaded = await forEachSeat(
    seats,
    (seat) => uploadShares(upload, seat, options.nodes),
    (seat, done) => progress({ step: "upload", message: `Node ${seat.seat} holds its shares`, done }),
  );
  const missing = [...uploaded.failures];
  requireThree(uploaded.successes, missing, "TooFewUploads", "hold the shares");

  const receipts = await forEachSeat(
    uploaded.successes.map(({ seat }) => seat),
    (seat) => collectReceipt(market, { datasetId, commitment, epoch }, seat, options.nodes),
    (seat, done) => progress({ step: "receipts", message: `Node ${seat.seat} gave its receipt`, done }),
  );
  missing.push(...receipts.failures);
  requireThree(receipts.successes, missing, "TooFewReceipts", "gave a receipt");
  const agreeing = agreeingReceipts(receipts.successes.map(({ value }) => value));

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
    validRows: agreeing[0].validRows,
    seats: uploaded.successes.map(({ seat }) => seat.seat),
    missing: missing.map(({ seat, error }) => ({ seat: seat.seat, reason: error.message })),
    transactions,
  };
}

/** Check: the dataset will satisfy the market's program; nodes check the same before they give a receipt. */
async function checkFit(market: Market, schema: TableSchema): Promise<void> {
  const program = await findProgram(market.connection, market.terms.algorithm);
  const reasons = mismatches(schema, program);
  if (reasons.length === 0) return;
  throw new SdkError(
    "SchemaDoesNotFit",
    `The schema does not fit the market's program ${program.name}: ${reasons.map(({ message }) => message).join("; ")}. "sharebridge schema infer FILE --market ADDRESS" proposes one that does.`,
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

interface SeatOutcomes<T> {
  successes: { seat: NodeSeat; value: T }[];
  failures: { seat: NodeSeat; error: SdkError }[];
}

/** Runs for all seats at once; a seat that fails with an SdkError does not keep the others. */
async function forEachSeat<T>(
  seats: readonly NodeSeat[],
  run: (seat: NodeSeat) => Promise<T>,
  onSuccess: (seat: NodeSeat, done: number) => void,
): Promise<SeatOutcomes<T>> {
  const outcomes: SeatOutcomes<T> = { successes: [], failures: [] };
  await Promise.all(
    seats.map(async (seat) => {
      try {
        const value = await run(seat);
        outcomes.successes.push({ seat, value });
        onSuccess(seat, outcomes.successes.length);
      } catch (error) {
        if (!(error instanceof SdkError) || error.code === "Aborted") throw error;
        outcomes.failures.push({ seat, error });
      }
    }),
  );
  outcomes.successes.sort((a, b) => a.seat.seat - b.seat.seat);
  outcomes.failures.sort((a, b) => a.seat.seat - b.seat.seat);
  return outcomes;
}

function requireThree(
  successes: readonly unknown[],
  missing: readonly { error: SdkError }[],
  code: "TooFewUploads" | "TooFewReceipts",
  what: string,
): void {
  if (successes.length >= SIGNATURES_REQUIRED) return;
  throw new SdkError(
    code,
    `${successes.length} of the four nodes ${what}; ${SIGNATURES_REQUIRED} are needed. ${missing.map(({ error }) => error.message).join(" ")} Nothing is lost: publish again with --resume.`,
  );
}
