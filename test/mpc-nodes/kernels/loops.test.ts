import { loadKernels } from "@sharebridge/mpc-nodes/kernels/load.ts";
import { referenceLoops } from "@sharebridge/mpc-nodes/kernels/reference-loops.ts";
import { expect } from "chai";
import { loopsSuite } from "../../suites/loops.suite.ts";

loopsSuite("compiled", loadKernels);
loopsSuite("reference", referenceLoops);

describe("loops", () => {
  it("every compiled loop has a plain twin", () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const names = (loops: object): string[] => Object.keys(loops).sort();
    expect(names(referenceLoops(memory))).to.deep.equal(names(loadKernels(memory)));
  });
});
