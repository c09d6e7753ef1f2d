/** What stands before every opening: all that the opened value may depend on is verified (PROTOCOL 6). */
import { createHash } from "node:crypto";
import { equalBytes } from "../../math/bytes.ts";
import type { PartyId } from "../../math/party.ts";
import type { RoundPart } from "../round.ts";
import { checkFailed } from "./check-failed.ts";
import { untagged } from "./circle.ts";
import { type ThreeContext, withTemporaries } from "./context.ts";
import { MacCheck } from "./mac-check.ts";
import type { Pending } from "./pending.ts";
import { TripleCheck } from "./triple-check.ts";
import type { Zeros } from "./zeros.ts";

const DIGEST_BYTES = 32;
const NOTHING = new Uint8Array(DIGEST_BYTES);

/**
 * Verifies what the task has computed since it last did, and what was computed before it began. No round when there is nothing; else
 * three, or four with ANDs. Memory up to about 200 bytes for each word of ANDs.
 *
 * Both checks end with values that must be zero. Party i lacks share i of each, which must be minus the sum of the two that it holds:
 * the two others tell it a hash of all of theirs. One of them is honest. Into the hash goes also what the third party has told both.
 *
 * @throws ProtocolError CheckFailed
 */
export async function verify(context: ThreeContext): Promise<void> {
  const { chain } = context.pending;
  await withTemporaries(context, async (temporary) => {
    const macs = new MacCheck(temporary, chain);
    const triples = new TripleCheck(temporary, chain);
    if (macs.empty && triples.empty) return;
    await context.exchange(...macs.reshareTotals(), ...triples.multiply());
    await context.exchange(...macs.multiplyByKey(), ...triples.tossCoin());
    await context.exchange(...triples.openDifferences());
    const zeros = new HashedZeros(temporary, chain);
    macs.zeros(zeros);
    await triples.zeros(zeros);
    await context.exchange(zeros.compare());
  });
  context.pending.clear();
}

class HashedZeros implements Zeros {
  readonly #context: ThreeContext;
  readonly #chain: readonly Pending[];
  readonly #next = createHash("sha256");
  readonly #last = createHash("sha256");
  readonly #own = createHash("sha256");

  constructor(context: ThreeContext, chain: readonly Pending[]) {
    this.#context = context;
    this.#chain = chain;
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
    // To the receiver, of the share that it lacks, and of what both hold that the third party told them.
    const digestOf = (sender: PartyId, receiver: PartyId): Uint8Array => {
      const third = circle.active.find((seat) => seat !== sender && seat !== receiver)!;
      const hash = createHash("sha256").update(digests.get(receiver)!);
      for (const pending of this.#chain) hash.update(pending.told(third) ?? NOTHING);
      return hash.digest();
    };
    return {
      units: 1,
      unitBytes: DIGEST_BYTES,
      messages: roles.map((each) => [each, each] as const),
      produce(_from, _to, outgoing) {
        for (const [k, { sender, receiver }] of roles.entries()) {
          if (sender === circle.own) heap.write(outgoing[k]!, digestOf(sender, receiver));
        }
      },
      consume(_from, _to, incoming) {
        for (const [k, { sender, receiver }] of roles.entries()) {
          if (receiver !== circle.own) continue;
          if (!equalBytes(heap.view(incoming[k]!, DIGEST_BYTES), digestOf(sender, receiver))) throw checkFailed();
        }
      },
    };
  }
}
