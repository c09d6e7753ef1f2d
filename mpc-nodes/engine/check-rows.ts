/**
 * The rows of one dataset, checked once for all that is ever computed on them (PROTOCOL 11): which lie within the ranges that the
 * dataset's own schema declares. How many do is opened, which ones is not. Where some do not, the others are moved together and shared
 * anew, and later computations take these shares in place of the seller's.
 */
import type { StoredColumn } from "@sharebridge/algorithms/language/stored-columns.ts";
import { encodeValidityResult } from "@sharebridge/contracts/typed-data.ts";
import { getBytes, hexlify, ZeroHash } from "ethers";
import { compactOrder } from "../protocol/functions/compact.ts";
import { applyOrderTo } from "../protocol/functions/order.ts";
import { rowsWithin, WORDS_AT_ONCE } from "../protocol/functions/within.ts";
import type { Bits, Vector } from "../protocol/mpc.ts";
import type { Session } from "../protocol/session.ts";
import { encodePackage } from "../sharing/package.ts";
import type { SharedVector } from "../sharing/shared-vector.ts";
import type { ComputationOutcome } from "./compute.ts";

/** A dataset, as each of the nodes reads it from the chain and its store by itself. */
export interface RowsToCheck {
  /** bytes32: the context of the commitments. */
  readonly datasetId: string;
  /** Of all stored columns, in their order. */
  readonly ranges: readonly StoredColumn[];
  /** This party's shares of each. */
  readonly inputs: ReadonlyMap<string, SharedVector>;
  readonly rows: number;
}

/**
 * The result is `encodeValidityResult`; the opening this party's package (`sharing/package.ts`) of the valid rows, null where nothing was
 * shared anew. The session is the caller's to close, as for `compute`, which says what is thrown.
 * @param wordsAtOnce words of columns that are in the session's memory at once, one column at least
 */
export async function checkRows(
  session: Session,
  check: RowsToCheck,
  wordsAtOnce = WORDS_AT_ONCE,
): Promise<ComputationOutcome> {
  const { mpc, network } = session;
  const valid = await validRowsOf(session, check, wordsAtOnce);
  const [count] = await mpc.open([await mpc.count(valid, 64)]);
  const validRows = Number(count![0]);
  const isWhole = validRows === check.rows || validRows === 0;
  const found = isWhole ? NOTHING_SHARED : await shareValidRows(session, check, valid, validRows);
  const result = encodeValidityResult({ validRows, shareCommitments: found.shareCommitments });
  return { result, opening: found.opening, statistics: { ...network.statistics, rounds: session.rounds } };
}

interface ValidRows {
  readonly shareCommitments: readonly string[];
  readonly opening: Uint8Array | null;
}

const NOTHING_SHARED: ValidRows = { shareCommitments: [ZeroHash, ZeroHash, ZeroHash, ZeroHash], opening: null };

/** A few columns at a time, so that a wide table takes no more memory than a narrow one. */
async function validRowsOf(
  session: Session,
  { ranges, inputs, rows }: RowsToCheck,
  wordsAtOnce: number,
): Promise<Bits> {
  const { mpc } = session;
  const columnsAtOnce = Math.max(1, Math.floor(wordsAtOnce / rows));
  let valid = mpc.constantBits(1n, 1, rows);
  for (let first = 0; first < ranges.length; first += columnsAtOnce) {
    const some = ranges.slice(first, first + columnsAtOnce);
    const before = valid;
    valid = await mpc.scope(async (scope) => {
      const columns = some.map(({ name }) => session.importColumn(inputs.get(name)!));
      const within = await rowsWithin(scope, columns, some, wordsAtOnce);
      scope.release(...columns);
      return scope.and(before, within);
    });
    mpc.release(before);
  }
  return valid;
}

/** The valid rows in their order. Where the others stood does not show: the order is a secret one. */
async function shareValidRows(
  session: Session,
  { datasetId, ranges, inputs }: RowsToCheck,
  valid: Bits,
  validRows: number,
): Promise<ValidRows> {
  const { mpc } = session;
  const order = await compactOrder(mpc, valid);
  async function* moved(): AsyncGenerator<Vector> {
    for (const { name } of ranges) {
      const column = await mpc.scope(async (scope) => {
        const stored = session.importColumn(inputs.get(name)!);
        const [rows] = await applyOrderTo(scope, order, [stored]);
        scope.release(stored);
        return scope.slice(rows!, 0, validRows);
      });
      yield column;
      mpc.release(column);
    }
  }
  const { package: own, commitments } = await session.shareTable(moved(), getBytes(datasetId));
  return { shareCommitments: commitments.map((bytes) => hexlify(bytes)), opening: encodePackage(own) };
}
