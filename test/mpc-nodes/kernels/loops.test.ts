import { loadKernels } from "@sharebridge/mpc-nodes/kernels/load.ts";
import { referenceLoops } from "@sharebridge/mpc-nodes/kernels/reference-loops.ts";
import { loopsSuite } from "../../suites/loops.suite.ts";

loopsSuite("compiled", loadKernels);
loopsSuite("reference", referenceLoops);
