import type { Kernels } from "./kernels.ts";
import { wasmKernels } from "./wasm.ts";

/** The one place where the implementation is chosen. */
export const kernels: Kernels = wasmKernels;
