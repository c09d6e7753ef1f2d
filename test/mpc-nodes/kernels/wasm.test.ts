import { wasmKernels } from "@sharebridge/mpc-nodes/kernels/wasm.ts";
import { kernelsSuite } from "../../suites/kernels.suite.ts";

kernelsSuite("WebAssembly", wasmKernels);
