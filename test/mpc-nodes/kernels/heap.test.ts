import { Arena, Heap, OutOfMemoryError, type Region } from "@sharebridge/mpc-nodes/kernels/heap.ts";
import { expect } from "chai";
import { seed } from "../../support/seed.ts";
import { seededRandom } from "../support/seeded-random.ts";

const MIB = 1 << 20;

describe("kernels: the heap", () => {
  it("joins what comes back with its neighbours, in any order: all of it can be taken at once again", () => {
    for (const order of [
      [0, 1, 2, 3],
      [3, 2, 1, 0],
      [1, 3, 0, 2],
      [0, 2, 1, 3],
    ]) {
      const heap = new Heap(5 * MIB);
      const arena = new Arena(heap);
      const regions = [0, 1, 2, 3].map(() => arena.take(MIB));
      for (const index of order) arena.free(regions[index]!);
      expect(heap.usedBytes).to.equal(0);
      expect(arena.take(4 * MIB).bytes).to.equal(4 * MIB);
    }
  });

  it("hands out regions that never overlap, in multiples of a line, never at 0, through many takes and frees", () => {
    const heap = new Heap(64 * MIB);
    const arena = new Arena(heap);
    const random = seededRandom(seed, "heap");
    const live: Region[] = [];
    for (let turn = 0; turn < 3_000; turn++) {
      const [kind, low, up] = random(3);
      if (live.length > 40 || (kind! & 1 && live.length > 0)) {
        arena.free(live.splice(low! % live.length, 1)[0]!);
        continue;
      }
      const bytes = kind! & 2 ? low! + 256 * up! : 64 * (low! + 256 * (up! & 15));
      const region = arena.take(bytes);
      expect(region.bytes).to.be.at.least(bytes);
      expect(region.pointer % 64).to.equal(0);
      expect(region.pointer).to.be.greaterThan(0);
      for (const { pointer, bytes: taken } of live) {
        expect(region.pointer + region.bytes <= pointer || pointer + taken <= region.pointer).to.equal(true);
      }
      live.push(region);
    }
    expect(heap.usedBytes).to.equal(live.reduce((total, { bytes }) => total + bytes, 0));
    arena.close();
    expect(heap.usedBytes).to.equal(0);
  });

  it("frees a region once, however often it is asked", () => {
    const heap = new Heap(MIB);
    const [arena, other] = [new Arena(heap), new Arena(heap)];
    const region = arena.take(100);
    const used = heap.usedBytes;
    other.free(region);
    expect(heap.usedBytes, "only its own arena frees it").to.equal(used);
    arena.free(region);
    arena.free(region);
    arena.close();
    expect(heap.usedBytes).to.equal(0);
    const [one, two] = [other.take(100), other.take(100)];
    expect(one.pointer).to.not.equal(two.pointer);
  });

  it("gives a region to another arena, which outlives the first; an arena that has ended takes nothing over", () => {
    const heap = new Heap(MIB);
    const [inner, outer] = [new Arena(heap), new Arena(heap)];
    const kept = inner.take(64);
    inner.take(64);
    outer.adopt(kept);
    inner.close();
    expect(heap.usedBytes).to.equal(64);
    expect(kept.owner).to.equal(outer);
    expect(() => inner.take(1)).to.throw("scope has ended");
    inner.adopt(kept);
    expect([heap.usedBytes, kept.owner]).to.deep.equal([0, null]);
    outer.close();
    expect(heap.usedBytes).to.equal(0);
  });

  it("says when it is full, what is used and what is allowed, and goes on", () => {
    const heap = new Heap(2 * MIB);
    const arena = new Arena(heap);
    arena.take(MIB);
    let caught: unknown = null;
    try {
      arena.take(MIB);
    } catch (error) {
      caught = error;
    }
    expect(caught).to.be.instanceOf(OutOfMemoryError);
    expect(caught).to.have.property("code", "OutOfMemory");
    expect((caught as Error).message).to.contain(`${MIB} of ${2 * MIB}`);
    expect(arena.take(MIB / 2).bytes).to.equal(MIB / 2);
  });

  it("remembers the most that was used at once", () => {
    const heap = new Heap(8 * MIB);
    const arena = new Arena(heap);
    const first = arena.take(3 * MIB);
    arena.free(first);
    arena.take(MIB);
    expect([heap.usedBytes, heap.peakBytes]).to.deep.equal([MIB, 3 * MIB]);
  });

  it("zeroes what is to be zero, and only that", () => {
    const heap = new Heap(MIB);
    const arena = new Arena(heap);
    const region = arena.take(128);
    heap.view(region.pointer, 128).fill(7);
    arena.free(region);
    const again = arena.zeroed(100);
    expect(again.pointer).to.equal(region.pointer);
    expect([...heap.view(again.pointer, 128)]).to.deep.equal([...Array(100).fill(0), ...Array(28).fill(7)]);
  });
});
