import { nextPoolHash } from "@sharebridge/contracts/typed-data.ts";
import type { PoolMember } from "@sharebridge/mpc-nodes/chain/chain-reader.ts";
import { foldPool, type PoolEvent } from "@sharebridge/mpc-nodes/chain/pool.ts";
import { expect } from "chai";
import { id, ZeroHash } from "ethers";

const member = (name: string, validRows: number): PoolMember => ({
  datasetId: id(name),
  seller: `0x${name}`,
  commitment: id(`C ${name}`),
  validRows,
});
const [a, b] = [member("a", 3), member("b", 4)];
const joined = (who: PoolMember): PoolEvent => ({ kind: "joined", member: who });
const left = ({ datasetId }: PoolMember): PoolEvent => ({ kind: "left", datasetId });

function link(hash: string, kind: 1 | 2, { datasetId, commitment, validRows }: PoolMember): string {
  return nextPoolHash(hash, kind, { datasetId: BigInt(datasetId), commitment, validRows: BigInt(validRows) });
}

describe("a pool from its events", () => {
  it("is empty before the first", () => {
    expect(foldPool([])).to.deep.equal({ poolHash: ZeroHash, rows: 0n, members: [] });
  });

  it("chains every join and leave", () => {
    const pool = foldPool([joined(a), joined(b), left(a)]);
    expect(pool).to.deep.equal({ poolHash: link(link(link(ZeroHash, 1, a), 1, b), 2, a), rows: 4n, members: [b] });
  });

  it("puts a dataset that comes back at the end, with its new weight", () => {
    const again = { ...a, validRows: 2 };
    expect(foldPool([joined(a), joined(b), left(a), joined(again)])).to.deep.include({ rows: 6n, members: [b, again] });
  });

  it("refuses events that no market emits", () => {
    expect(() => foldPool([left(a)]))
      .to.throw()
      .with.property("code", "PoolMismatch");
    expect(() => foldPool([joined(a), joined(a)]))
      .to.throw()
      .with.property("code", "PoolMismatch");
    expect(() => foldPool([joined(a), left(a), left(a)]))
      .to.throw()
      .with.property("code", "PoolMismatch");
  });
});
