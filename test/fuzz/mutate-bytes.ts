/** Mutations of an encoding as bytes and as text, which know nothing of programs. */
import type { Random } from "./random.ts";

type ByteMutation = (bytes: Uint8Array, random: Random) => Uint8Array;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** `bytes` with `count` of them from `at` on replaced. */
function spliced(bytes: Uint8Array, at: number, count: number, ...pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat([bytes.subarray(0, at), ...pieces, bytes.subarray(at + count)]));
}

/** One match of the pattern, replaced. */
function replaced(bytes: Uint8Array, random: Random, pattern: RegExp, by: (found: string) => string): Uint8Array {
  const text = decoder.decode(bytes);
  const found = [...text.matchAll(pattern)];
  if (found.length === 0) return bytes;
  const match = random.pick(found);
  const at = match.index;
  return encoder.encode(text.slice(0, at) + by(match[0]) + text.slice(at + match[0].length));
}

/** Letters that look like a, c, e, i, o, p, x, y; a full-width form, a combining accent, invisible and control characters. */
const LOOK_ALIKES = ["\u0430", "\u0441", "\u0435", "\u0456", "\u043e", "\u0440", "\u0445", "\u0443"];
const INTRUDERS = [
  "\uff41",
  "a\u0301",
  "\u200b",
  "\u202e",
  "\u2028",
  "\u00ad",
  "\u0000",
  "\u007f",
  "\ufeff",
  "\ud83d\ude00",
];
const BLANKS = [" ", "\n", "\t", "\r\n", "\u00a0", "\u2003", "\ufeff", "\f", "/**/", "//\n"];
const TOKEN_BYTES = encoder.encode('{}[]",:\\0123456789e.-+ tfn');

/** Other ways of writing a number, equal to it or not. */
const NUMBER_FORMS: readonly ((digits: string) => string)[] = [
  (digits) => `${digits}.0`,
  (digits) => `${digits}e0`,
  (digits) => `${digits}E+00`,
  (digits) => `${digits}0e-1`,
  (digits) => `-${digits}`,
  (digits) => `+${digits}`,
  (digits) => `0${digits}`,
  (digits) => `"${digits}"`,
  (digits) => `${digits}.5`,
  (digits) => `${digits}n`,
  (digits) => `0x${digits}`,
  () => "-0",
  () => "1e400",
  () => "9007199254740993",
  () => "18446744073709551616",
  () => "NaN",
  () => "9".repeat(400),
];

export const byteMutations: Readonly<Record<string, ByteMutation>> = {
  flip: (bytes, random) => {
    const at = random.below(bytes.length);
    return spliced(bytes, at, 1, Uint8Array.of(bytes[at]! ^ (1 << random.below(8))));
  },
  replace: (bytes, random) => {
    const byte = random.below(2) === 0 ? random.below(256) : random.pick([...TOKEN_BYTES]);
    return spliced(bytes, random.below(bytes.length), 1, Uint8Array.of(byte));
  },
  insert: (bytes, random) => spliced(bytes, random.below(bytes.length + 1), 0, Uint8Array.of(random.below(256))),
  remove: (bytes, random) => spliced(bytes, random.below(bytes.length), 1 + random.below(40)),
  repeat: (bytes, random) => {
    const from = random.below(bytes.length);
    return spliced(bytes, random.below(bytes.length), 0, bytes.subarray(from, from + random.below(60)));
  },
  swap: (bytes, random) => {
    const at = random.below(bytes.length);
    return spliced(bytes.subarray(at), bytes.length - at, 0, bytes.subarray(0, at));
  },
  cut: (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  blank: (bytes, random) => replaced(bytes, random, /[{}[\],:]/g, (found) => found + random.pick(BLANKS)),
  "blank at an end": (bytes, random) => {
    const blank = encoder.encode(random.pick(BLANKS));
    return random.below(2) === 0 ? spliced(bytes, 0, 0, blank) : spliced(bytes, bytes.length, 0, blank);
  },
  "number form": (bytes, random) => replaced(bytes, random, /(?<=[:[,])\d+/g, random.pick(NUMBER_FORMS)),
  "member twice": (bytes, random) =>
    replaced(bytes, random, /"[a-zA-Z]+":("[^"]*"|-?\d+|true|false)/g, (found) => `${found},${found}`),
  "escaped character": (bytes, random) =>
    replaced(bytes, random, /(?<=")[a-z]/g, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`),
  "escape of another kind": (bytes, random) =>
    replaced(bytes, random, /(?<=")[a-z]/g, () => random.pick(["\\/", "\\b", "\\u0000", "\\ud800", "\\x41", "\\"])),
  "look-alike": (bytes, random) => replaced(bytes, random, /(?<=")[a-z]/g, () => random.pick(LOOK_ALIKES)),
  intruder: (bytes, random) => replaced(bytes, random, /(?<=[a-z])(?=[a-z])/g, () => random.pick(INTRUDERS)),
  "deep brackets": (bytes, random) => {
    const depth = 1 + random.below(5_000);
    const bracket = random.pick(["[", '{"a":']);
    return replaced(bytes, random, /(?<=:)/g, () => bracket.repeat(depth));
  },
};
