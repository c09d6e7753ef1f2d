import { expect } from "chai";
import type { MpcRunner } from "../mpc-runner.ts";
import { column, expectRows, input, longSize, SIZES, unsigned } from "./columns.ts";

export function truncationSuite(runner: MpcRunner): void {
  describe(`truncation: ${runner.name}`, () => {
    for (const word of [64, 128] as const) {
      const limit = 1n << BigInt(word - 2);
      const extremes = [-limit, -limit + 1n, -1n, 0n, 1n, 2n, limit - 2n, limit - 1n, limit / 2n + 1n];

      for (const length of [...SIZES, longSize(word)]) {
        it(`${length} rows of ${word} bits: within one unit, never below, exact where the division is`, async () => {
          const x = column(length, word, "t").map((value, row) => extremes[row % 12] ?? value >> 1n);
          const shifts = [0, 1, 16, word / 2, word - 2];
          const results = await runner.run([input(x, word)], (mpc, [a]) =>
            mpc.truncate(shifts.map((bits) => ({ value: a!, bits }))),
          );
          for (const [index, bits] of shifts.entries()) {
            for (const [row, value] of x.entries()) {
              const floor = value >> BigInt(bits);
              const excess = BigInt.asIntN(word, results[index]![row]!) - floor;
              const exact = floor << BigInt(bits) === value;
              if (excess !== 0n && (exact || excess !== 1n)) expect.fail(`${value} / 2^${bits}: excess ${excess}`);
            }
          }
        });
      }
    }

    it("columns of both words in one call, and none", async () => {
      const results = await runner.run([input([-64n, 0n], 64), input([1n << 100n], 128)], async (mpc, [a, b]) => {
        expect(await mpc.truncate([])).to.deep.equal([]);
        return mpc.truncate([
          { value: a!, bits: 4 },
          { value: b!, bits: 90 },
        ]);
      });
      expectRows(results[0], unsigned([-4n, 0n], 64), "64 bits");
      expectRows(results[1], [1024n], "128 bits");
    });

    it("rounds without bias over evenly spread remainders", async () => {
      const rows = 4096;
      for (const whole of [5n, -5n]) {
        const x = Array.from({ length: rows }, (_, row) => (whole << 20n) + BigInt(row) * (1n << 8n));
        const [results] = await runner.run([input(x, 64)], (mpc, [a]) => mpc.truncate([{ value: a!, bits: 20 }]));
        const errors = results!.map((result, row) => Number((BigInt.asIntN(64, result) << 20n) - x[row]!) / 2 ** 20);
        const mean = errors.reduce((sum, error) => sum + error, 0) / rows;
        // No error has a standard deviation above a half; six of the mean's.
        expect(Math.abs(mean)).to.be.at.most((6 * 0.5) / Math.sqrt(rows));
      }
    });
  });
}
