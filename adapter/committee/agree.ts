/** Asks the four nodes and waits until three seats' signatures over one digest are there, whoever showed them. */
import { SIGNATURES_REQUIRED } from "@sharebridge/contracts/typed-data.ts";
import type { FoundRequest } from "../chain/market-chain.ts";
import { AdapterFault } from "../errors.ts";
import type { VerifiedAnswer } from "./answer.ts";
import { type AskOptions, askSeat } from "./ask-seat.ts";

export interface AgreeOptions extends AskOptions {
  readonly computationTimeoutMs: number;
}

/** open: more may come from it; final: it has shown all that it will; failure: why nothing more will come. */
type SeatState = "open" | "final" | { readonly failure: string };

/** Nodes that have failed for good and are too many for an agreement: one may lie and have signed, two have not. */
const TOO_MANY_FAILURES = 3;

/** What the seats have shown, their own signatures and others', and how they stand. */
class Standing {
  readonly #states: SeatState[];
  /** By digest, then by seat: no seat counts twice, and no two digests are mixed. */
  readonly #groups = new Map<string, Map<number, VerifiedAnswer>>();

  constructor(seats: number) {
    this.#states = Array.from({ length: seats }, () => "open");
  }

  show(answers: readonly VerifiedAnswer[]): void {
    for (const answer of answers) {
      const group = this.#groups.get(answer.digest) ?? new Map<number, VerifiedAnswer>();
      this.#groups.set(answer.digest, group.set(answer.seat, answer));
    }
  }

  end(seat: number, state: SeatState): void {
    this.#states[seat] = state;
  }

  /** Null while there are not three on one digest. */
  agreed(): VerifiedAnswer[] | null {
    const group = [...this.#groups.values()].find(({ size }) => size >= SIGNATURES_REQUIRED);
    if (group === undefined) return null;
    return [...group.values()].slice(0, SIGNATURES_REQUIRED).sort((a, b) => a.seat - b.seat);
  }

  /** Whether no three will come about any more: as long as one node is open, it may still show what all have signed. */
  isHopeless(): boolean {
    const failures = this.#states.filter((state) => typeof state === "object").length;
    return failures >= TOO_MANY_FAILURES || !this.#states.includes("open");
  }

  /** For an error: `signatures per digest: 0x12345678… 2, 0x9abcdef0… 1; seat 3: it cannot be reached`. */
  toString(): string {
    const counts = [...this.#groups].map(([digest, { size }]) => `${digest.slice(0, 10)}… ${size}`);
    const others = this.#states.flatMap((state, seat) => {
      if (state === "final") return [];
      return [`seat ${seat}: ${state === "open" ? "not done yet" : state.failure}`];
    });
    return [`signatures per digest: ${counts.join(", ") || "none"}`, ...others].join("; ");
  }
}

/**
 * Three valid signatures on one digest, in the order of their seats; those of the attempt that is complete first.
 * One node that lies, sleeps, is dead, sends garbage or gives its signature only to a peer changes nothing.
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
  const standing = new Standing(found.seats.length);
  const timeout = AbortSignal.timeout(options.computationTimeoutMs);
  const done = new AbortController();
  const stop = AbortSignal.any([signal, timeout, done.signal]);

  try {
    return await new Promise<VerifiedAnswer[]>((resolve, reject) => {
      stop.addEventListener("abort", () => {
        if (signal.aborted) reject(signal.reason);
        reject(
          new AdapterFault(
            "ComputationTimeout",
            `no agreement on ${found.requestId} within ${options.computationTimeoutMs} ms: ${standing}`,
          ),
        );
      });
      const show = (answers: readonly VerifiedAnswer[]) => {
        standing.show(answers);
        const agreed = standing.agreed();
        if (agreed !== null) resolve(agreed);
      };
      const end = (seat: number, state: SeatState) => {
        if (stop.aborted) return;
        standing.end(seat, state);
        if (!standing.isHopeless()) return;
        reject(new AdapterFault("NoAgreement", `no three nodes signed one answer to ${found.requestId}: ${standing}`));
      };
      for (const seat of found.seats) {
        askSeat(found, seat, options, stop, show).then(
          () => end(seat.seat, "final"),
          (error: unknown) => end(seat.seat, { failure: error instanceof Error ? error.message : "unknown failure" }),
        );
      }
    });
  } finally {
    done.abort();
  }
}
