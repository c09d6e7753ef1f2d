/** Bytes with bounds: one reader, one writer, no raw offsets anywhere else. */

export type BytesErrorCode = "OutOfBounds" | "TrailingBytes" | "WrongLength" | "NotHex";

/** Malformed bytes; the message carries the numbers, never the bytes. */
export class BytesError extends Error {
  readonly code: BytesErrorCode;
  constructor(code: BytesErrorCode, message: string) {
    super(message);
    this.name = "BytesError";
    this.code = code;
  }
}

/** Reads a fixed layout from front to back. What it returns are copies. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  /** @throws BytesError OutOfBounds when fewer than `length` bytes are left. */
  bytes(length: number): Uint8Array<ArrayBuffer> {
    if (!Number.isSafeInteger(length) || length < 0 || length > this.remaining) {
      throw new BytesError(
        "OutOfBounds",
        `wanted ${length} bytes at offset ${this.#offset}, but only ${this.remaining} of ${this.#bytes.length} are left`,
      );
    }
    this.#offset += length;
    return this.#bytes.slice(this.#offset - length, this.#offset) as Uint8Array<ArrayBuffer>;
  }

  u8(): number {
    return this.bytes(1)[0] as number;
  }

  /** Big-endian. */
  u32(): number {
    return new DataView(this.bytes(4).buffer).getUint32(0);
  }

  /** Big-endian. */
  u64(): bigint {
    return new DataView(this.bytes(8).buffer).getBigUint64(0);
  }

  /** @throws BytesError TrailingBytes unless everything was read. */
  end(): void {
    if (this.remaining > 0) {
      throw new BytesError("TrailingBytes", `${this.remaining} bytes follow the end at offset ${this.#offset}`);
    }
  }
}

/** Writes a fixed layout front to back. Integers are big-endian. */
export class ByteWriter {
  readonly #parts: Uint8Array[] = [];

  bytes(bytes: Uint8Array): this {
    this.#parts.push(bytes);
    return this;
  }

  u8(value: number): this {
    return this.bytes(Uint8Array.of(unsigned(value, 0xff)));
  }

  u32(value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, unsigned(value, 0xffff_ffff));
    return this.bytes(bytes);
  }

  u64(value: bigint): this {
    if (value < 0n || value >= 1n << 64n) throw new BytesError("OutOfBounds", `${value} does not fit 64 unsigned bits`);
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, value);
    return this.bytes(bytes);
  }

  /** A field of any length behind its u32 length: two different lists of fields never encode alike. */
  prefixed(bytes: Uint8Array): this {
    return this.u32(bytes.length).bytes(bytes);
  }

  finish(): Uint8Array<ArrayBuffer> {
    return concatenateBytes(this.#parts);
  }
}

export function concatenateBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** Compares without an early exit; lengths are public. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] as number) ^ (b[i] as number);
  return difference === 0;
}

/** @throws BytesError WrongLength, naming `what`, unless there are exactly `length` bytes. */
export function requireLength(what: string, bytes: Uint8Array, length: number): void {
  if (bytes.length !== length) {
    throw new BytesError("WrongLength", `${what} must be ${length} bytes, not ${bytes.length}`);
  }
}

/**
 * Exactly `length` bytes from bytes or a 0x-hex string (ids and addresses travel as hex).
 * @throws BytesError NotHex or WrongLength, naming `what`.
 */
export function fixedBytes(what: string, value: Uint8Array | string, length: number): Uint8Array {
  if (typeof value !== "string") {
    requireLength(what, value, length);
    return value;
  }
  if (!/^0x([0-9a-fA-F]{2})*$/.test(value))
    throw new BytesError("NotHex", `${what} must be 0x and pairs of hex digits`);
  const bytes = Uint8Array.from({ length: (value.length - 2) / 2 }, (_, i) =>
    Number.parseInt(value.slice(2 + 2 * i, 4 + 2 * i), 16),
  );
  requireLength(what, bytes, length);
  return bytes;
}

function unsigned(value: number, maximum: number): number {
  if (!Number.isInteger(value) || value < 0 || value > maximum) {
    throw new BytesError("OutOfBounds", `${value} is not an integer from 0 to ${maximum}`);
  }
  return value;
}
