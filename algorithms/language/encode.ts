/**
 * A program as bytes: canonical JSON in UTF-8. One program has one encoding, and its keccak256 is the algorithm's id on
 * chain. Decoding trusts nothing: size, UTF-8 and nesting are checked before anything is parsed, unknown members and
 * every other way of writing the same program are refused. (What the program means is checked by `checkProgram` and
 * `analyse`.)
 *
 * @example
 * const bytes = encodeProgram(payGap);
 * programHash(bytes) === programHash(payGap); // "0x…", 32 bytes
 * decodeProgram(bytes); // deep-equal to payGap
 */
import { keccak_256 } from "@noble/hashes/sha3.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { canonicalJson } from "./canonical-json.ts";
import { ProgramError } from "./errors.ts";
import { syntaxErrorAt } from "./json-syntax.ts";
import { MAX_PROGRAM_BYTES, PROGRAM_VERSION, type Program, programSchema } from "./program.ts";

/** Deepest expression that `finish` may hold: a leaf has depth 1. */
export const MAX_EXPRESSION_DEPTH = 32;
/** Objects and arrays around an expression are 3 deep; each level of it is an object, and an array but for the leaf. */
const MAX_NESTING = 3 + 2 * MAX_EXPRESSION_DEPTH - 1;

export function encodeProgram(program: Program): Uint8Array {
  checkNesting(program);
  const bytes = utf8ToBytes(canonicalJson(parseShape(program)));
  checkSize(bytes);
  return bytes;
}

export function decodeProgram(bytes: Uint8Array): Program {
  checkSize(bytes);
  scanNesting(bytes);
  const program = parseShape(parseJson(decodeUtf8(bytes)));
  checkCanonical(bytes, utf8ToBytes(canonicalJson(program)));
  return program;
}

/** The algorithm's id: keccak256 of the encoding, as 0x-hex. Bytes are hashed as they are, without being decoded. */
export function programHash(program: Program | Uint8Array): string {
  const bytes = program instanceof Uint8Array ? program : encodeProgram(program);
  return `0x${bytesToHex(keccak_256(bytes))}`;
}

function checkSize(bytes: Uint8Array): void {
  if (bytes.length > MAX_PROGRAM_BYTES) {
    throw new ProgramError("TooLarge", `the program has ${bytes.length} bytes; the most is ${MAX_PROGRAM_BYTES}`);
  }
}

/** Check: brackets outside strings nest at most MAX_NESTING deep, seen from the bytes, before a parser can recurse. */
function scanNesting(bytes: Uint8Array): void {
  let depth = 0;
  let inString = false;
  for (let position = 0; position < bytes.length; position++) {
    const byte = bytes[position];
    if (inString) {
      if (byte === 0x5c) position++;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) {
      inString = true;
    } else if (byte === 0x7b || byte === 0x5b) {
      depth++;
      if (depth > MAX_NESTING) throw tooDeep(`byte ${position}`);
    } else if (byte === 0x7d || byte === 0x5d) {
      depth--;
    }
  }
}

/** The same for a program in memory. */
function checkNesting(program: Program): void {
  const pending: { value: unknown; depth: number }[] = [{ value: program, depth: 1 }];
  for (let count = 0; pending.length > 0; count++) {
    const { value, depth } = pending.pop() as { value: unknown; depth: number };
    if (typeof value !== "object" || value === null) continue;
    if (depth > MAX_NESTING) throw tooDeep("finish");
    // Every object or array takes two bytes at least.
    if (count > MAX_PROGRAM_BYTES / 2) {
      throw new ProgramError("TooLarge", `the program has more than ${MAX_PROGRAM_BYTES} bytes`);
    }
    for (const member of Object.values(value)) pending.push({ value: member, depth: depth + 1 });
  }
}

function tooDeep(where: string): ProgramError {
  return new ProgramError("TooDeep", `${where}: expressions may nest ${MAX_EXPRESSION_DEPTH} deep, not deeper`);
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new ProgramError("NotUtf8", `byte ${firstNotUtf8(bytes)}: the program is not UTF-8 text`);
  }
}

/** What is no character comes out as U+FFFD, and so differs when it is encoded again; if all that is there agrees, the end is missing. */
function firstNotUtf8(bytes: Uint8Array): number {
  const repaired = utf8ToBytes(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
  return commonLength(bytes, repaired);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const position = utf8ToBytes(text.slice(0, syntaxErrorAt(text))).length;
    throw new ProgramError("NotJson", `byte ${position}: the program is not JSON`);
  }
}

function parseShape(value: unknown): Program {
  checkVersion(value);
  const parsed = programSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue.path.map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`)).join("");
  throw new ProgramError("InvalidShape", `program${path}: ${issue.message}`);
}

/** Check: of this version; another one's instructions may have other meanings, so nothing else of it is looked at. */
function checkVersion(value: unknown): void {
  if (typeof value !== "object" || value === null || !("version" in value)) return;
  const { version } = value;
  if (typeof version !== "number" || version === PROGRAM_VERSION) return;
  const message = `program.version: this is version ${version}; only version ${PROGRAM_VERSION} is understood`;
  throw new ProgramError("UnsupportedVersion", message);
}

function checkCanonical(bytes: Uint8Array, canonical: Uint8Array): void {
  const position = commonLength(bytes, canonical);
  if (position < bytes.length || position < canonical.length) {
    throw new ProgramError("NonCanonical", `byte ${position}: not the canonical encoding of the program`);
  }
}

/** Bytes that both begin with. */
function commonLength(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  let position = 0;
  while (position < length && a[position] === b[position]) position++;
  return position;
}
