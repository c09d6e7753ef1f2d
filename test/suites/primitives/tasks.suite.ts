import type { Mpc, Vector } from "@sharebridge/mpc-nodes/protocol/mpc.ts";
import { expect } from "chai";
import type { MpcRunner } from "../mpc-runner.ts";
import { expectRows, input } from "./columns.ts";

/** x to the 2^depth, in `depth` rounds. */
async function squared(mpc: Mpc, x: Vector, depth: number): Promise<Vector> {
  let power = x;
  for (let i = 0; i < depth; i++) power = await mpc.multiply(power, power);
  return power;
}

export function tasksSuite(runner: MpcRunner): void {
  describe(`scopes and tasks: ${runner.name}`, () => {
    const x = [3n, 5n, -2n];
    const power = (exponent: bigint) => x.map((value) => BigInt.asUintN(64, value ** exponent));

    it("tasks of different depth side by side, in their order", async () => {
      const results = await runner.run([input(x, 64)], (mpc, [a]) =>
        mpc.parallel([3, 0, 1, 5].map((depth) => (task: Mpc) => squared(task, a!, depth))),
      );
      for (const [index, exponent] of [8n, 1n, 2n, 32n].entries())
        expectRows(results[index], power(exponent), `power ${exponent}`);
    });

    it("tasks within tasks, scopes within both, and what follows uses what they return", async () => {
      const [result, twice] = await runner.run([input(x, 64)], async (mpc, [a]) => {
        const parts = await mpc.scope((outer) =>
          outer.parallel([
            async (task) => {
              const [left, right] = await task.parallel([
                (inner) => squared(inner, a!, 2),
                (inner) => inner.scope((deepest) => squared(deepest, a!, 1)),
              ]);
              return task.multiply(left!, right!);
            },
            (task) => task.scope(async (inner) => inner.add(await squared(inner, a!, 3), a!)),
          ]),
        );
        const sum = mpc.add(parts[0]!, parts[1]!);
        return [sum, await mpc.multiply(sum, mpc.constant(2n, 3, 64))];
      });
      const expected = x.map((value) => BigInt.asUintN(64, value ** 6n + value ** 8n + value));
      expectRows(result, expected, "a^6 + a^8 + a");
      expectRows(
        twice,
        expected.map((value) => BigInt.asUintN(64, 2n * value)),
        "twice that",
      );
    });

    it("no tasks, tasks without a round, and results that are not secrets", async () => {
      await runner.run([input(x, 64)], async (mpc, [a]) => {
        expect(await mpc.parallel([])).to.deep.equal([]);
        expect(await mpc.parallel([async () => "text", async () => "more"])).to.deep.equal(["text", "more"]);
        const { record } = await mpc.scope(async (scope) => ({ record: { list: [scope.negate(a!)], public: 4 } }));
        expect(record.public).to.equal(4);
        return record.list;
      });
    });

    it("a value that is let go of leaves those made of it", async () => {
      const [result] = await runner.run([input(x, 64)], async (mpc, [a]) => {
        const doubled = mpc.add(a!, a!);
        const shifted = mpc.addPublic(doubled, 1n);
        mpc.release(doubled);
        return [await mpc.multiply(shifted, shifted)];
      });
      expectRows(
        result,
        x.map((value) => (2n * value + 1n) ** 2n),
        "(2a + 1)²",
      );
    });
  });
}
