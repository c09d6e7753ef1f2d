import { seededRandom } from "../../mpc-nodes/support/seeded-random.ts";
import { seed } from "../../support/seed.ts";

/** Two columns of signed numbers with one bit of headroom: edges against each other, neighbours, equal rows, random ones. */
export function compareColumns(word: 64 | 128, rows: number): [bigint[], bigint[]] {
  const bound = 1n << BigInt(word - 2);
  const edges = [0n, 1n, -1n, 2n, bound - 1n, -bound, 1n << 32n, -(1n << 32n)];
  const random = seededRandom(seed, `compare ${word}`);
  const x: bigint[] = [];
  const y: bigint[] = [];
  for (let row = 0; row < rows; row++) {
    const [a, b] = [edges[row % edges.length]!, edges[Math.floor(row / edges.length) % edges.length]!];
    const number = (BigInt(`0x${Buffer.from(random(word / 8)).toString("hex")}`) % (2n * bound)) - bound;
    const kinds: [bigint, bigint][] = [
      [a, b],
      [number, number],
      [number, number < bound - 1n ? number + 1n : number],
      [number, -number - 1n],
    ];
    const [left, right] = row < 64 ? [a, b] : kinds[row % kinds.length]!;
    x.push(left);
    y.push(right);
  }
  return [x, y];
}
