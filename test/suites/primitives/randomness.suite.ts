import type { Mpc, Vector } from "@sharebridge/mpc-nodes/protocol/mpc.ts";
import { expect } from "chai";
import { byteChiSquare, CHI_SQUARE_BOUND } from "../../mpc-nodes/support/uniformity.ts";
import type { MpcRunner } from "../mpc-runner.ts";
import { column, expectRows, input, longSize, SIZES, unsigned } from "./columns.ts";

export function randomnessSuite(runner: MpcRunner): void {
  describe(`randomness: ${runner.name}`, () => {
    it("random bits and numbers are uniform byte by byte, and drawn anew each time", async () => {
      const [bits, again, numbers, wide] = await runner.run([], async (mpc) => [
        mpc.randomBits(8, 4096),
        mpc.randomBits(8, 4096),
        mpc.random(512, 64),
        mpc.random(256, 128),
      ]);
      const bytes = (rows: readonly bigint[], width: number): Uint8Array =>
        Uint8Array.from(
          rows.flatMap((row) => Array.from({ length: width }, (_, i) => Number((row >> BigInt(8 * i)) & 255n))),
        );
      for (const [rows, width] of [
        [bits!, 1],
        [again!, 1],
        [bits!.map((row, i) => row ^ again![i]!), 1],
        [numbers!, 8],
        [wide!, 16],
      ] as const)
        expect(byteChiSquare(bytes(rows, width))).to.be.below(CHI_SQUARE_BOUND);
      expect(new Set([...numbers!, ...wide!]).size).to.equal(768);
    });

    it("all orders of four rows come up alike", async () => {
      const draws = 480;
      const shuffled = await runner.run([input([0n, 1n, 2n, 3n], 64)], async (mpc, [x]) => [
        mpc.concatenate(
          await mpc.parallel(
            Array.from({ length: draws }, () => async (task: Mpc): Promise<Vector> => {
              const [moved] = await task.shuffle(task.randomPermutation(4), [x!]);
              return moved!;
            }),
          ),
        ),
      ]);
      const counts = new Map<string, number>();
      for (let draw = 0; draw < draws; draw++) {
        const order = shuffled[0]!.slice(4 * draw, 4 * draw + 4).join();
        counts.set(order, (counts.get(order) ?? 0) + 1);
      }
      const expected = draws / 24;
      const seen = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
      // 23 degrees of freedom, standard deviation √46; orders that never came up count in full.
      expect(seen + (24 - counts.size) * expected).to.be.below(23 + 7 * Math.sqrt(46));
    });

    for (const length of [...SIZES, longSize(64)]) {
      it(`a shuffle of ${length} rows keeps rows together, moves them, and is undone`, async () => {
        const numbers = Array.from({ length }, (_, row) => BigInt(row));
        const wide = length > 200 ? [] : numbers.map((row) => -row * 7n - (row << 100n));
        const rows = length > 200 ? 0 : length;
        const bits = unsigned(column(rows, 64, "rows of bits"), 64);
        const [a, twice, b, narrow, many, back, wideBack, bitsBack, other] = await runner.run(
          [input(numbers, 64), input(wide, 128)],
          async (mpc, [x, w]) => {
            const order = mpc.randomPermutation(length);
            const columns = rows === length ? [x!, w!] : [x!];
            const shuffled = await mpc.shuffle(order, [...columns, mpc.multiplyPublic(x!, 7n)]);
            const planes = mpc.publicBits(BigUint64Array.from(bits), 64);
            const stacked = mpc.stack([planes, mpc.planes(planes, [3, 5])]);
            const parts = rows === length ? [mpc.planes(planes, [0, 63]), stacked] : [];
            const movedBits = await mpc.shuffleBits(order, parts);
            const restored = await mpc.unshuffle(order, shuffled);
            const restoredBits = await mpc.unshuffleBits(order, movedBits);
            const none = mpc.constantBits(0n, 1, 0);
            const [otherwise] = await mpc.unshuffle(order, [x!]);
            return [
              shuffled[0]!,
              shuffled.at(-1)!,
              columns.length === 2 ? shuffled[1]! : w!,
              movedBits[0] ?? none,
              movedBits[1] ?? none,
              restored[0]!,
              columns.length === 2 ? restored[1]! : w!,
              restoredBits[1] ?? none,
              otherwise!,
            ];
          },
        );
        const order = a!.map(Number);
        expectRows(
          [...a!].sort((l, r) => Number(l - r)),
          numbers,
          "every row once",
        );
        expectRows(
          twice,
          a!.map((value) => 7n * value),
          "the same order in a second column",
        );
        expectRows(back, numbers, "undone");
        const places = new Map(order.map((row, place) => [row, BigInt(place)]));
        expectRows(
          other,
          numbers.map((_, row) => places.get(row)!),
          "the inverse",
        );
        if (length >= 63) expect(a).to.not.deep.equal(numbers);
        if (rows !== length) return;
        expectRows(
          b,
          unsigned(
            order.map((row) => wide[row]!),
            128,
          ),
          "elements of two words",
        );
        expectRows(wideBack, unsigned(wide, 128), "two words undone");
        const full = bits.map((row) => row | (((row >> 3n) & 1n) << 64n) | (((row >> 5n) & 1n) << 65n));
        expectRows(
          narrow,
          order.map((row) => (bits[row]! & 1n) | ((bits[row]! >> 63n) << 1n)),
          "two planes",
        );
        expectRows(
          many,
          order.map((row) => full[row]!),
          "more planes than a word has",
        );
        expectRows(bitsBack, full, "bits undone");
      });
    }
  });
}
