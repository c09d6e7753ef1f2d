/** What stands before every opening: all that the opened value may depend on is verified (PROTOCOL 6). */
import { createHash } from "node:crypto";
import { equalBytes } from "../../math/bytes.ts";
import type { RoundPart } from "../round.ts";
import { checkFailed } from "./check-failed.ts";
import { untagged } from "./circle.ts";
import { type ThreeContext, withTemporaries } from "./context.ts";
import { MacCheck } from "./mac-check.ts";
import { compareTold } from "./told.ts";
import { TripleCheck } from "./triple-check.ts";
import type { Zeros } from "./zeros.ts";

const DIGEST_BYTES = 32;

/**
 * Verifies what the task has computed since it last did, and what was computed before it began. No round when there is nothing; else
 * three, or four with ANDs. Memory up to about 200 bytes for each word of ANDs.
 *
 * Both checks end with values that must be zero. Party i lacks share i of each, which must be minus the sum of the two that it holds:
 * the two others tell it a hash of all of theirs. One of them is honest.
 *
 * @throws ProtocolError CheckFailed
 */
export async function verify(context: ThreeContext): Promise<void> {
  const { chain } = context.pending;
  await withTemporaries(context, async (temporary) => {
    const macs = new MacCheck(temporary, chain);
    const triples = new TripleCheck(temporary, chain);
    if (macs.empty && triples.empty) return;
    await context.exchange(...compareTold(temporary, chain), ...macs.reshareTotals(), ...triples.multiply());
    await context.exchange(...macs.multiplyByKey(), ...triples.tossCoin());
    await context.exchange(...triples.openDifferences());
    const zeros = new HashedZeros(temporary);
    macs.zeros(zeros);
    await triples.zeros(zeros);
    await context.exchange(zeros.compare());
  });
  context.pending.clear();
}

class HashedZeros implements Zeros {
  readonly #context: ThreeContext;
  readonly #next = createHash("sha256");
  readonly #last = createHash("sha256");
  readonly #own = createHash("sha256");

  constructor(context: ThreeContext) {
    this.#context = context;
  }

  add(next: number, last: number, missing: number, bytes: number): void {
    const { heap } = this.#context;
    this.#next.update(heap.view(next, bytes));
    this.#last.update(heap.view(last, bytes));
    this.#own.update(heap.view(missing, bytes));
  }

  /** One round. */
  compare(): RoundPart {
    const { heap, circle } = this.#context;
    const digests = new Map([
      [circle.next, this.#next.digest()],
      [circle.last, this.#last.digest()],
      [circle.own, this.#own.digest()],
    ]);
    const roles = circle.active.flatMap((sender) =>
      circle.active.filter((receiver) => receiver !== sender).map((receiver) => untagged(sender, receiver)),
    );
    return {
      units: 1,
      unitBytes: DIGEST_BYTES,
      messages: roles.map((each) => [each, each] as const),
      produce(_from, _to, outgoing) {
        for (const [k, { sender, receiver }] of roles.entries()) {
          if (sender === circle.own) heap.write(outgoing[k]!, digests.get(receiver)!);
        }
      },
      consume(_from, _to, incoming) {
        for (const [k, { receiver }] of roles.entries()) {
          if (receiver !== circle.own) continue;
          if (!equalBytes(heap.view(incoming[k]!, DIGEST_BYTES), digests.get(circle.own)!)) throw checkFailed();
        }
      },
    };
  }
}
