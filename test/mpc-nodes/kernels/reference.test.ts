import { referenceKernels } from "@sharebridge/mpc-nodes/kernels/reference.ts";
import { kernelsSuite } from "../../suites/kernels.suite.ts";

kernelsSuite("plain TypeScript reference", referenceKernels);
