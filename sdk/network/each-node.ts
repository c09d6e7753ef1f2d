import { SdkError } from "../errors/sdk-error.ts";
import type { NodeSeat } from "./open-market.ts";

/** What became of the same task at each node; both lists by seat. */
export interface SeatOutcomes<T> {
  readonly successes: { seat: NodeSeat; value: T }[];
  readonly failures: { seat: NodeSeat; error: SdkError }[];
}

/** Runs a task for all seats at once; a seat that fails with an SdkError does not keep the others. */
export async function forEachSeat<T>(
  seats: readonly NodeSeat[],
  run: (seat: NodeSeat) => Promise<T>,
  onSuccess: (seat: NodeSeat, done: number) => void = () => {},
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

/**
 * Checks that nothing failed at any node. A computation needs the shares at all four, so a dataset in the pool that one of
 * them lacks would stop the market.
 *
 * @param what the others do, e.g. "hold their shares"
 * @param consequence what has not happened, and what to do
 * @throws SdkError TooFewUploads, naming each missing node and why.
 */
export function requireEveryNode(
  failures: readonly { error: SdkError }[],
  seats: number,
  what: string,
  consequence: string,
): void {
  if (failures.length === 0) return;
  throw new SdkError(
    "TooFewUploads",
    `${seats - failures.length} of the four nodes ${what}; all four are needed. ${failures.map(({ error }) => error.message).join(" ")} ${consequence}`,
  );
}
