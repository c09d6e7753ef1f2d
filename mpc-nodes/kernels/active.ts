import type { Kernels } from "./kernels.ts";
import { referenceKernels } from "./reference.ts";

/** The one place where the implementation is chosen. */
export const kernels: Kernels = referenceKernels;
