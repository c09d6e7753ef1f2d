/** Asks the four nodes and waits until three of them have signed one digest. */
import { SIGNATURES_REQUIRED } from "@sharebridge/contracts/typed-data.ts";
import type { FoundRequest } from "../chain/market-chain.ts";
import { AdapterFault } from "../errors.ts";
import type { VerifiedAnswer } from "./answer.ts";
import { type AskOptions, askSeat } from "./ask-seat.ts";

export interface AgreeOptions extends AskOptions {
  readonly computationTimeoutMs: number;
}

type SeatState = "pending" | { answer: VerifiedAnswer } | { failure: string };

/** How the seats stand, for an error: `signatures per digest: 0x12345678… 2, 0x9abcdef0… 1; seat 3: it cannot be reached`. */
function describe(groups: ReadonlyMap<string, readonly VerifiedAnswer[]>, states: readonly SeatState[]): string {
  const counts = [...groups].map(([digest, answers]) => `${digest.slice(0, 10)}… ${answers.length}`);
  const others = states.flatMap((state, seat) => {
    if (state === "pending") return [`seat ${seat}: no answer yet`];
    return "failure" in state ? [`seat ${seat}: ${state.failure}`] : [];
  });
  return [`signatures per digest: ${counts.join(", ") || "none"}`, ...others].join("; ");
}

/**
 * The first three valid signatures on one digest, in the order of their seats.
 * One node that lies, sleeps, is dead or sends garbage changes nothing: the other three suffice.
 *
 * @throws AdapterFault `NoAgreement` as soon as three signatures on one digest cannot come about any more,
 * `ComputationTimeout` after the computation's time; the signal's reason when aborted
 */
export async function agree(
  found: FoundRequest,
  options: AgreeOptions,
  signal: AbortSignal,
): Promise<VerifiedAnswer[]> {
  signal.throwIfAborted();
  const states: SeatState[] = found.seats.map(() => "pending");
  const groups = new Map<string, VerifiedAnswer[]>();
  const timeout = AbortSignal.timeout(options.computationTimeoutMs);
  const done = new AbortController();
  const stop = AbortSignal.any([signal, timeout, done.signal]);

  try {
    return await new Promise<VerifiedAnswer[]>((resolve, reject) => {
      const settle = (): void => {
        const agreed = [...groups.values()].find((answers) => answers.length >= SIGNATURES_REQUIRED);
        if (agreed !== undefined) {
          resolve(agreed.slice(0, SIGNATURES_REQUIRED).sort((a, b) => a.seat - b.seat));
          return;
        }
        const most = Math.max(0, ...[...groups.values()].map((answers) => answers.length));
        const pending = states.filter((state) => state === "pending").length;
        if (most + pending < SIGNATURES_REQUIRED) {
          const standing = describe(groups, states);
          reject(
            new AdapterFault("NoAgreement", `no three nodes signed one answer to ${found.requestId}: ${standing}`),
          );
        }
      };
      stop.addEventListener("abort", () => {
        if (signal.aborted) reject(signal.reason);
        const standing = describe(groups, states);
        reject(
          new AdapterFault(
            "ComputationTimeout",
            `no agreement on ${found.requestId} within ${options.computationTimeoutMs} ms: ${standing}`,
          ),
        );
      });
      for (const seat of found.seats) {
        askSeat(found, seat, options, stop).then(
          (answer) => {
            states[seat.seat] = { answer };
            groups.set(answer.digest, [...(groups.get(answer.digest) ?? []), answer]);
            settle();
          },
          (error: unknown) => {
            if (stop.aborted) return;
            states[seat.seat] = { failure: error instanceof Error ? error.message : "unknown failure" };
            settle();
          },
        );
      }
    });
  } finally {
    done.abort();
  }
}
