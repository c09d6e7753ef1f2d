/**
 * The kernels in AssemblyScript (not TypeScript: `npm run kernels` compiles it to WebAssembly). Each loop runs over memory that the
 * caller has filled; pointers are byte offsets. Arithmetic is modulo 2^64, 2^128 or 2^192, or in GF(2^64). Nothing branches on a
 * word or takes an address from one: constant-time in the data. `out` may be an operand where a loop does not say otherwise, but
 * must not overlap one in part.
 */
export * from "./bits";
export * from "./cross";
export * from "./field";
export * from "./permutation";
export * from "./ring64";
export * from "./ring128";
export * from "./ring192";
