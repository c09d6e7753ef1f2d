import { loadKernels } from "@sharebridge/mpc-nodes/kernels/load.ts";
import { loopsSuite } from "../../suites/loops.suite.ts";

loopsSuite("compiled", loadKernels);
