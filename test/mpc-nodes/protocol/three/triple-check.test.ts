/** The check of ANDs (`triple-check.ts`): its parameters, its coin, and what it finds. */
import { createCipheriv } from "node:crypto";
import { type PartyId, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import type { Bits, Mpc } from "@sharebridge/mpc-nodes/protocol/mpc.ts";
import { deriveKey } from "@sharebridge/mpc-nodes/protocol/randomness.ts";
import { createTagger } from "@sharebridge/mpc-nodes/protocol/tags.ts";
import { orderOf, SEED_BYTES } from "@sharebridge/mpc-nodes/protocol/three/coin-order.ts";
import type { ThreeSession } from "@sharebridge/mpc-nodes/protocol/three/session.ts";
import { bucketSize, bucketsFor } from "@sharebridge/mpc-nodes/protocol/three/triple-check.ts";
import { expect } from "chai";
import { seed } from "../../../support/seed.ts";
import { allOf, runThree, testHeap } from "../../support/parties.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import { ABORTS, alter, ending, honestOf, miscompute } from "./support.ts";

const EXCLUDED: PartyId = 2;
const CORRUPT: PartyId = 1;

type Program = (mpc: Mpc, session: ThreeSession) => Promise<readonly bigint[] | undefined>;

/** Runs a program with a corrupt party whose parts of ANDs are wrong: calls are counted from 0, those of a check are its triples. */
async function cheat(program: Program, wrong: (call: number, bytes: Uint8Array) => void) {
  const { outcomes, memory } = await runThree(
    EXCLUDED,
    async (session) => {
      if (session.network.party === CORRUPT) miscompute(session, "bits", wrong);
      return program(session.mpc, session);
    },
    { seed },
  );
  return { honest: honestOf(outcomes, EXCLUDED, CORRUPT), memory };
}

/** Wrong in the lowest bit of word `word` of call `call`. */
const flip =
  (call: number, word = 0) =>
  (of: number, bytes: Uint8Array): void => {
    if (of === call) bytes[8 * word]! ^= 1;
  };

const ones = (mpc: Mpc, words: number): Bits => mpc.xorPublic(mpc.constantBits(0n, 1, 64 * words), 1n);

async function opened(mpc: Mpc, bits: Bits): Promise<bigint[]> {
  const [words] = await mpc.openBits([bits]);
  return [...words!];
}

function expectAborted(honest: readonly PromiseSettledResult<unknown>[], label: string): void {
  for (const outcome of honest) expect(ending(outcome), label).to.be.oneOf(ABORTS.slice());
  expect(honest.map(ending), label).to.include("CheckFailed");
}

describe("three parties: parameters of the check of ANDs", () => {
  it("the bound 1/C(M, B) is at most 2^-40, and would not be with smaller buckets", () => {
    const chooses = (of: bigint, some: bigint): bigint => {
      let ways = 1n;
      for (let k = 0n; k < some; k++) ways = (ways * (of - k)) / (k + 1n);
      return ways;
    };
    const ways = (buckets: number, size: number) => chooses(BigInt(buckets + 1) * BigInt(size), BigInt(size));
    for (let exponent = 4; exponent <= 26; exponent++) {
      for (const buckets of [2 ** exponent, 2 ** exponent + 1, 2 ** (exponent + 1) - 1]) {
        const size = bucketSize(buckets);
        const label = `${buckets} buckets of ${size}`;
        expect(ways(buckets, size) >= 1n << 40n, label).to.equal(true);
        expect(size === 2 || ways(buckets, size - 1) < 1n << 40n, label).to.equal(true);
      }
    }
    expect([4, 8, 10, 14, 20].map((exponent) => bucketSize(2 ** exponent))).to.deep.equal([8, 5, 4, 3, 2]);
    expect([0, 1, 15, 16, 17, 256].map(bucketsFor)).to.deep.equal([0, 16, 16, 16, 17, 256]);
  });

  it("wrong triples that fill the buckets of wrong ANDs, and any of those without an AND, are as rare for few ANDs", () => {
    // The triples are permuted after all errors were made: log2 of 1 / C(M, tB), times the ways to choose buckets without an AND.
    const factorial = (n: number): number =>
      Array.from({ length: n }, (_, k) => Math.log2(k + 1)).reduce((a, b) => a + b, 0);
    const choose = (n: number, k: number): number => factorial(n) - factorial(k) - factorial(n - k);
    for (const words of [1, 2, 15, 16, 17, 31, 32, 63, 64, 127, 128, 255, 256]) {
      const [buckets, size] = [bucketsFor(words), bucketSize(bucketsFor(words))];
      for (let idle = 0; idle <= buckets - words; idle++) {
        const rarity = choose((buckets + 1) * size, (1 + idle) * size) - choose(buckets - words, idle);
        expect(rarity, `${words} words, ${idle} more buckets`).to.be.at.least(40);
      }
    }
  });

  it("the order is a permutation, and another for every seed, which must be known to its last byte", async () => {
    const result = await runThree(
      EXCLUDED,
      async ({ mpc }) => {
        const { context } = mpc;
        const orders = [0, SEED_BYTES - 1, null].map((at) => {
          const bytes = new Uint8Array(SEED_BYTES).fill(7);
          if (at !== null) bytes[at] = 8;
          const list = context.heap.view(orderOf(context, bytes, 1000), 4000).slice();
          return [...new Uint32Array(list.buffer)];
        });
        return orders;
      },
      { seed },
    );
    const [orders] = allOf(result);
    const all = Array.from({ length: 1000 }, (_, k) => k);
    for (const order of orders!) expect([...order].sort((a, b) => a - b)).to.deep.equal(all);
    expect(new Set(orders!.map(String)).size).to.equal(3);
  });
});

/** GF(2^128) as GCM has it (NIST SP 800-38D, section 6.3): the first bit is the lowest coefficient. */
const REDUCTION = 0xe1n << 120n;

function times(x: bigint, y: bigint): bigint {
  let [product, power] = [0n, y];
  for (let bit = 127n; bit >= 0n; bit--) {
    if ((x >> bit) & 1n) product ^= power;
    power = power & 1n ? (power >> 1n) ^ REDUCTION : power >> 1n;
  }
  return product;
}

function inverse(x: bigint): bigint {
  // x^(2^128 − 2)
  let [result, square] = [1n << 127n, x];
  for (let k = 0; k < 127; k++) {
    square = times(square, square);
    result = times(result, square);
  }
  return result;
}

const big = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString("hex")}`);

describe("three parties: the coin of the check", () => {
  it("control: the receiver of a tag reads a message of 16 bytes from it", () => {
    const random = seededRandom(seed, "coin tag");
    const [key, message] = [random(32), random(16)];
    const [sender, checker, receiver] = [1, 2, 0] as const;
    const keys = [null, key, random(32), random(32)];
    const tag = createTagger(keys)({ sender, checker, receiver }, 5, 0, message);
    // All of this the receiver knows: it must verify the tag.
    const tagKey = deriveKey(key, `tag/${sender}${checker}${receiver}`);
    const block = (bytes: Uint8Array): bigint =>
      big(createCipheriv("aes-128-ecb", tagKey, null).setAutoPadding(false).update(bytes));
    const h = block(new Uint8Array(16));
    const counter = new Uint8Array(16);
    new DataView(counter.buffer).setBigUint64(0, 5n);
    counter[15] = 1;
    const hash = big(tag) ^ block(counter);
    const length = 128n << 64n;
    const read = times(hash ^ times(length, h), times(inverse(h), inverse(h)));
    expect(read.toString(16)).to.equal(big(message).toString(16));
  });

  it("so the coin's shares are longer than a tag by 256 bits", async () => {
    expect(SEED_BYTES - 16).to.be.at.least(32);
    const { memory } = await runThree(
      EXCLUDED,
      async ({ mpc }) => opened(mpc, await mpc.and(mpc.randomBits(1, 64), mpc.randomBits(1, 64))),
      { seed },
    );
    const lengths = memory.events.filter(({ kind }) => kind === "sent").map(({ payload }) => payload.length);
    expect(lengths).to.include(SEED_BYTES);
  });
});

describe("three parties: wrong ANDs are found", () => {
  afterEach(() => expect(testHeap().usedBytes, "left in the heap").to.equal(0));

  for (const words of [1, 15, 16, 17, 255, 256, 257]) {
    const buckets = bucketsFor(words);
    const triples = (buckets + 1) * bucketSize(buckets);
    const program: Program = async (mpc) => opened(mpc, await mpc.and(ones(mpc, words), ones(mpc, words)));

    it(`${words} words: right ones pass`, async () => {
      const { honest } = await cheat(program, () => {});
      for (const outcome of honest) {
        expect(outcome.status).to.equal("fulfilled");
        const { value } = outcome as PromiseFulfilledResult<readonly bigint[]>;
        expect(value.every((bit) => bit === 1n) && value.length === 64 * words).to.equal(true);
      }
    });

    it(`${words} words: one wrong bit of one AND aborts, the first or the last`, async () => {
      for (const word of [0, words - 1]) expectAborted((await cheat(program, flip(0, word))).honest, `word ${word}`);
    });

    it(`${words} words: one wrong bit of any triple aborts, whether its bucket has an AND or not`, async () => {
      for (let k = 0; k < 12; k++) {
        const word = Math.floor((k * (triples - 1)) / 11);
        expectAborted((await cheat(program, flip(1, word))).honest, `triple ${word} of ${triples}`);
      }
    });

    it(`${words} words: the same error in all triples and ANDs, or in all triples, is found by those that are opened`, async () => {
      const everywhere = (bytes: Uint8Array): void => {
        for (let at = 0; at < bytes.length; at += 8) bytes[at]! ^= 1;
      };
      for (const calls of [[0, 1], [1]]) {
        const { honest } = await cheat(program, (call, bytes) => calls.includes(call) && everywhere(bytes));
        expectAborted(honest, `calls ${calls}`);
      }
    });
  }

  it("opens nothing of the values", async () => {
    const program: Program = async (mpc) => opened(mpc, await mpc.and(ones(mpc, 3), ones(mpc, 3)));
    const honest = await cheat(program, () => {});
    const count = (events: typeof honest.memory.events) =>
      events.filter(({ kind, from }) => kind === "sent" && from !== CORRUPT).length;
    const wrong = await cheat(program, flip(0));
    // Of each honest party the frames of the opening to both others are missing.
    expect(count(honest.memory.events) - count(wrong.memory.events)).to.equal(4);
  });
});

describe("three parties: what a task verifies", () => {
  const and = (mpc: Mpc): Promise<Bits> => mpc.and(ones(mpc, 1), ones(mpc, 1));

  it("a wrong AND from before tasks is found by whichever opens first", async () => {
    for (const opening of [0, 1]) {
      const program: Program = async (mpc) => {
        await and(mpc);
        await mpc.parallel(
          [0, 1].map((index) => async (task) => {
            if (index === opening) await opened(task, task.constantBits(1n, 1, 1));
            else await and(task);
          }),
        );
        return [];
      };
      expectAborted((await cheat(program, flip(0))).honest, `task ${opening}`);
    }
  });

  it("a wrong product from before tasks is found by each that opens, side by side or one after the other", async () => {
    for (const late of [false, true]) {
      const { outcomes } = await runThree(
        EXCLUDED,
        async (session) => {
          if (session.network.party === CORRUPT) miscompute(session, 128, (call, bytes) => call === 1 && bytes[0]!++);
          const { mpc } = session;
          const x = mpc.constant(3n, 1, 64);
          await mpc.multiply(x, x);
          await mpc.parallel(
            [0, 1].map((index) => async (task) => {
              if (late && index === 1) await task.multiply(x, x);
              await task.open([task.constant(1n, 1, 64)]);
            }),
          );
        },
        { seed },
      );
      expectAborted(honestOf(outcomes, EXCLUDED, CORRUPT), `late ${late}`);
    }
  });

  it("a wrong AND of a task that opens nothing is found by what opens after it, even where a task beside it opened", async () => {
    for (const beside of [false, true]) {
      const reached: PartyId[] = [];
      const program: Program = async (mpc, session) => {
        await mpc.parallel([
          async (task) => void (await and(task)),
          async (task) => void (beside && (await opened(task, task.constantBits(1n, 1, 1)))),
        ]);
        reached.push(session.network.party);
        return opened(mpc, mpc.constantBits(1n, 1, 1));
      };
      expectAborted((await cheat(program, flip(0))).honest, `beside ${beside}`);
      expect(reached.sort()).to.deep.equal([...partiesExcept(EXCLUDED)]);
    }
  });

  it("a wrong AND of a task of a task is found", async () => {
    const program: Program = async (mpc) => {
      await mpc.parallel([
        async (task) => void (await task.parallel([async (inner) => void (await and(inner))])),
        async () => {},
      ]);
      return opened(mpc, mpc.constantBits(1n, 1, 1));
    };
    expectAborted((await cheat(program, flip(0))).honest, "inner");
  });

  it("what was verified is not verified again: a second opening costs one round", async () => {
    const result = await runThree(
      EXCLUDED,
      async (session) => {
        const { mpc } = session;
        const bits = await and(mpc);
        const before = session.rounds;
        await opened(mpc, bits);
        const between = session.rounds;
        await opened(mpc, bits);
        return [between - before, session.rounds - between];
      },
      { seed },
    );
    for (const rounds of allOf(result)) expect(rounds).to.deep.equal([5, 1]);
  });

  it("the most ANDs that wait are verified without an opening, in the task that reaches it", async () => {
    const result = await runThree(
      EXCLUDED,
      async (session) => {
        alter(session, { mostPendingWords: 3 });
        const { mpc } = session;
        const rounds: number[] = [];
        const counted = async (run: () => Promise<unknown>): Promise<void> => {
          const before = session.rounds;
          await run();
          rounds.push(session.rounds - before);
        };
        for (let k = 0; k < 4; k++) await counted(() => and(mpc));
        await counted(() => mpc.parallel([0, 1].map(() => async (task) => void (await and(task)))));
        const both = (task: Mpc) => task.and(ones(task, 3), ones(task, 3));
        await counted(() => mpc.parallel([async (task) => void (await both(task)), async () => {}]));
        await counted(() => opened(mpc, mpc.constantBits(1n, 1, 1)));
        return rounds;
      },
      { seed },
    );
    // Of four ANDs the third is one too many; the two tasks stay below it; the last reaches it; four ANDs are left to be verified.
    for (const rounds of allOf(result)) expect(rounds).to.deep.equal([1, 1, 5, 1, 1, 5, 5]);
  });

  it("a wrong AND among the most that wait ends the task at once", async () => {
    let reached = 0;
    const program: Program = async (mpc, session) => {
      alter(session, { mostPendingWords: 2 });
      await and(mpc);
      await and(mpc);
      if (session.network.party !== CORRUPT) reached += 1;
      return [];
    };
    expectAborted((await cheat(program, flip(0))).honest, "two");
    expect(reached).to.equal(0);
  });
});
