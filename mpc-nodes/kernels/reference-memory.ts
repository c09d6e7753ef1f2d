/** Elements of a ring in a memory as bigints, for the plain twins of the compiled loops. */
export interface Element {
  readonly bytes: number;
  /** Element i of the column at `pointer`. */
  get(this: void, pointer: number, i: number): bigint;
  /** Reduced modulo the ring. */
  set(this: void, pointer: number, i: number, value: bigint): void;
  /** Row by row: `out` may be one of the columns. */
  each(
    this: void,
    length: number,
    out: number,
    columns: readonly number[],
    value: (row: readonly bigint[]) => bigint,
  ): void;
}

/** @param bits A multiple of 64. */
export function elementsIn(memory: WebAssembly.Memory, bits: number): Element {
  const bytes = bits / 8;
  const word = (at: number): bigint => new DataView(memory.buffer).getBigUint64(at, true);
  const write = (at: number, value: bigint): void => new DataView(memory.buffer).setBigUint64(at, value, true);
  const get = (pointer: number, i: number): bigint => {
    const at = pointer + i * bytes;
    let value = 0n;
    for (let k = 0; k < bytes; k += 8) value |= word(at + k) << BigInt(8 * k);
    return value;
  };
  const set = (pointer: number, i: number, value: bigint): void => {
    const at = pointer + i * bytes;
    for (let k = 0; k < bytes; k += 8) write(at + k, BigInt.asUintN(64, value >> BigInt(8 * k)));
  };
  return {
    bytes,
    get,
    set,
    each(length, out, columns, value) {
      for (let i = 0; i < length; i++) set(out, i, value(columns.map((column) => get(column, i))));
    },
  };
}
