import { expect } from "chai";
import { Fifo } from "../../../mpc-nodes/transport/fifo.ts";

describe("fifo", () => {
  it("gives items in order, also when it never runs empty", () => {
    const fifo = new Fifo<number>();
    let [pushed, taken] = [0, 0];
    for (let round = 0; round < 3_000; round++) {
      for (let more = round % 3; more >= 0; more--) fifo.push(pushed++);
      expect(fifo.first).to.equal(taken);
      expect(fifo.shift()).to.equal(taken++);
      expect(fifo.length).to.equal(pushed - taken);
    }
    expect(fifo.takeAll()).to.deep.equal(Array.from({ length: pushed - taken }, (_, index) => taken + index));
    expect(fifo.length).to.equal(0);
    fifo.push(5);
    expect([fifo.shift(), fifo.length]).to.deep.equal([5, 0]);
  });
});
