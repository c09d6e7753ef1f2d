import { PARTIES } from "@sharebridge/mpc-nodes/math/party.ts";
import * as linear from "@sharebridge/mpc-nodes/sharing/linear.ts";
import { holderOf, recombine, type SharedVector, sharedVector } from "@sharebridge/mpc-nodes/sharing/shared-vector.ts";
import { expect } from "chai";
import fc from "fast-check";
import { seed } from "../../support/seed.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { collect, deal, type Parts } from "../support/shared-columns.ts";

const MODULUS = 1n << 64n;
const word = fc.oneof(
  fc.constantFrom(0n, 1n, MODULUS - 1n, MODULUS / 2n, MODULUS / 2n - 1n),
  fc.bigInt({ min: 0n, max: MODULUS - 1n }),
);
const table = fc.array(fc.tuple(word, word), { maxLength: 7 });
const mod = (value: bigint): bigint => BigInt.asUintN(64, value);

/** Applies a local operation at every party and puts the result together. */
function everywhere(operation: (...vectors: SharedVector[]) => SharedVector, ...operands: Parts[]): BigUint64Array {
  return collect([0, 1, 2, 3].map((party) => operation(...operands.map((parts) => parts[party]!))));
}

function dealt(rows: readonly (readonly [bigint, bigint])[]): [BigUint64Array, BigUint64Array, Parts, Parts] {
  const [x, y] = [BigUint64Array.from(rows, (row) => row[0]), BigUint64Array.from(rows, (row) => row[1])];
  return [x, y, deal(x, seededRandom(seed, "x")), deal(y, seededRandom(seed, "y"))];
}

describe("sharing: linear operations", () => {
  it("agree with plaintext", () => {
    fc.assert(
      fc.property(table, word, (rows, constant) => {
        const [x, y, px, py] = dealt(rows);
        expect(everywhere(linear.add, px, py)).to.deep.equal(x.map((value, i) => value + y[i]!));
        expect(everywhere(linear.subtract, px, py)).to.deep.equal(x.map((value, i) => value - y[i]!));
        expect(everywhere(linear.negate, px)).to.deep.equal(x.map((value) => -value));
        const signed = BigInt.asIntN(64, constant);
        expect(everywhere((a) => linear.addPublic(a, signed), px)).to.deep.equal(x.map((value) => value + signed));
        expect(everywhere((a) => linear.multiplyPublic(a, signed), px)).to.deep.equal(x.map((value) => value * signed));
        expect(everywhere(linear.sum, px)).to.deep.equal(BigUint64Array.of(mod(x.reduce((a, b) => a + b, 0n))));
        expect(everywhere((a, b) => linear.concatenate([a, b, a]), px, py)).to.deep.equal(
          BigUint64Array.from([...x, ...y, ...x]),
        );
      }),
      { seed },
    );
  });

  it("make a public word a vector that all hold alike, of any length", () => {
    for (const length of [0, 1, 5]) {
      const parts = PARTIES.map((party) => linear.publicVector(7n, length, party));
      expect(collect(parts)).to.deep.equal(new BigUint64Array(length).fill(7n));
    }
  });

  it("broadcast repeats one row, also zero times", () => {
    const [parts] = [deal(BigUint64Array.of(9n), seededRandom(seed, "one"))];
    for (const length of [0, 1, 5]) {
      expect(everywhere((a) => linear.broadcast(a, length), parts)).to.deep.equal(new BigUint64Array(length).fill(9n));
    }
    const two = deal(BigUint64Array.of(1n, 2n), seededRandom(seed, "two"));
    expect(() => linear.broadcast(two[0]!, 3)).to.throw("length 1");
  });

  it("split undoes concatenate", () => {
    const parts = deal(BigUint64Array.of(1n, 2n, 3n), seededRandom(seed, "split"));
    const pieces = parts.map((part) => linear.split(part, [1, 0, 2]));
    const collected = [0, 1, 2].map((piece) => collect(pieces.map((list) => list[piece]!)));
    expect(collected).to.deep.equal([BigUint64Array.of(1n), BigUint64Array.of(), BigUint64Array.of(2n, 3n)]);
  });

  it("leave their operands alone", () => {
    const [x, , px, py] = dealt([[5n, 7n]]);
    everywhere(linear.add, px, py);
    everywhere((a) => linear.addPublic(a, 3n), px);
    everywhere((a) => linear.broadcast(a, 2), px);
    expect(collect(px)).to.deep.equal(x);
  });

  it("refuse vectors that do not belong together", () => {
    const [, , px, py] = dealt([[5n, 7n]]);
    const longer = deal(BigUint64Array.of(1n, 2n), seededRandom(seed, "longer"));
    const refusals = [
      () => linear.add(px[0]!, longer[0]!),
      () => linear.add(px[0]!, py[1]!),
      () => linear.concatenate([px[0]!, py[1]!]),
      () => linear.concatenate([]),
      () => holderOf({ length: 0, shares: [null, null, new BigUint64Array(), new BigUint64Array()] }),
      () => sharedVector(0, 2, () => new BigUint64Array(1)),
      () => recombine([new BigUint64Array(1), new BigUint64Array(1), new BigUint64Array(1)]),
      () => recombine([1, 1, 2, 1].map((length) => new BigUint64Array(length))),
    ];
    for (const refusal of refusals) expect(refusal).to.throw().with.property("code", "IncompatibleVectors");
  });
});
