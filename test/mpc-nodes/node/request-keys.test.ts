import { PARTIES, type PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { type DatasetSalts, requestKeysOf } from "@sharebridge/mpc-nodes/node/request-keys.ts";
import { expect } from "chai";
import { id } from "ethers";
import { seed } from "../../support/seed.ts";
import { seededRandom } from "../support/seeded-random.ts";

const BINDING = new Uint8Array(32).fill(1);

/** What a seat has of a dataset. */
function saltsOf(seat: PartyId | null, name: string, rows = 5): DatasetSalts {
  const salts = PARTIES.map((j) => (j === seat ? null : seededRandom(seed, `${name} ${j}`)(32)));
  return { datasetId: id(name), rows, salts };
}

const poolAt = (seat: PartyId | null): DatasetSalts[] => [saltsOf(seat, "one"), saltsOf(seat, "two")];
const hex = (bytes: Uint8Array | null): string | null => bytes && Buffer.from(bytes).toString("hex");

describe("keys of a request", () => {
  const all = requestKeysOf(poolAt(null), BINDING)!.map(hex);

  it("are 32 bytes, another for each share; each seat has those of the shares that it holds", () => {
    expect(new Set(all).size).to.equal(4);
    for (const key of all) expect(key).to.match(/^[0-9a-f]{64}$/);
    for (const seat of PARTIES) {
      expect(requestKeysOf(poolAt(seat), BINDING)!.map(hex)).to.deep.equal(
        all.map((key, j) => (j === seat ? null : key)),
      );
    }
  });

  it("are others for another request, another pool, another salt, another order", () => {
    const other = new Uint8Array(32).fill(2);
    const salted = poolAt(null).map((dataset, k) => ({
      ...dataset,
      salts: dataset.salts.map((salt) => (k === 0 ? salt!.map((byte) => byte ^ 1) : salt)),
    }));
    const renamed = poolAt(null).map((dataset, k) => (k === 0 ? { ...dataset, datasetId: id("three") } : dataset));
    const keys = [
      requestKeysOf(poolAt(null), other),
      requestKeysOf(poolAt(null).slice(0, 1), BINDING),
      requestKeysOf(poolAt(null).slice(1), BINDING),
      requestKeysOf([...poolAt(null), saltsOf(null, "three")], BINDING),
      requestKeysOf(poolAt(null).reverse(), BINDING),
      requestKeysOf(renamed, BINDING),
      requestKeysOf(salted, BINDING),
    ].flatMap((each) => each!.map(hex));
    expect(new Set([...keys, ...all]).size).to.equal(keys.length + 4);
  });

  it("a dataset without rows, whose commitment covers no salt, has no part in them", () => {
    for (const name of ["empty", "otherwise"]) {
      expect(requestKeysOf([saltsOf(null, name, 0), ...poolAt(null)], BINDING)!.map(hex)).to.deep.equal(all);
    }
    expect(requestKeysOf([saltsOf(null, "empty", 0)], BINDING)).to.equal(null);
    expect(requestKeysOf([], BINDING)).to.equal(null);
  });
});
