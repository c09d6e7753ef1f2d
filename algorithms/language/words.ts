/**
 * Values as words: decimal text, exact, to signed 64-bit integers scaled by 2^fractionBits, and back.
 *
 * Rounding is to the nearest word, half away from zero, so encoding is off by at most half a unit in the last place.
 *
 * @example
 * const wage: Column = { name: "wage", kind: "number", fractionBits: 22, minimum: "0.01", maximum: "500" };
 * encodeValue(wage, "5.10"); // 21390950n = round(5.1 * 2^22)
 * decodeValue(wage, 21390950n); // "5.099999904632568359375"
 */
import { ValueError } from "./errors.ts";
import { roundedLogarithm } from "./logarithm.ts";
import { compare, placePoint, type Rational, roundHalfAway, toNumber } from "./rational.ts";
import type { CategoryColumn, Column, NumberColumn, TableSchema } from "./schema.ts";

export const MINIMUM_WORD = -(1n << 63n);
export const MAXIMUM_WORD = (1n << 63n) - 1n;

/** Longest text of one value; longer is not a number that anyone measured. */
export const MAX_VALUE_LENGTH = 64;

const decimalText = /^([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,3}))?$/;

/** Whether a signed value fits a word. */
export function isWord(value: bigint): boolean {
  return value >= MINIMUM_WORD && value <= MAXIMUM_WORD;
}

/** The two's complement of a signed word, as `BigUint64Array` holds it. */
export function toUnsigned(word: bigint): bigint {
  return BigInt.asUintN(64, word);
}

/** The signed value of a ring word. */
export function toSigned(word: bigint): bigint {
  return BigInt.asIntN(64, word);
}

/** The exact value of a decimal number such as "-12.50" or "1.5e-3". */
export function parseDecimal(text: string): Rational {
  const match = text.length <= MAX_VALUE_LENGTH ? decimalText.exec(text) : null;
  const whole = match?.[2] ?? "";
  const fraction = match?.[3] ?? "";
  if (match === null || whole + fraction === "") {
    throw new ValueError("NotANumber", "the value is not a decimal number; write it like -12.5 or 1.5e-3");
  }
  const magnitude = BigInt(whole + fraction);
  const exponent = Number(match[4] ?? "0") - fraction.length;
  const power = 10n ** BigInt(Math.abs(exponent));
  const signed = match[1] === "-" ? -magnitude : magnitude;
  return exponent < 0 ? { numerator: signed, denominator: power } : { numerator: signed * power, denominator: 1n };
}

/** round(value * 2^fractionBits), half away from zero; refuses what 64 bits cannot hold. */
export function encodeDecimal(text: string, fractionBits: number): bigint {
  const word = scale(parseDecimal(text), fractionBits);
  if (!isWord(word)) {
    throw new ValueError("OutOfRange", `the value does not fit a 64-bit word with ${fractionBits} fraction bits`);
  }
  return word;
}

/** The exact decimal expansion of word / 2^fractionBits. */
export function decodeWord(word: bigint, fractionBits: number): string {
  // 1 / 2^f = 5^f / 10^f.
  return placePoint(word * 5n ** BigInt(fractionBits), fractionBits);
}

/** word / 2^fractionBits as a double (rounded when the word has more than 53 significant bits). */
export function wordToNumber(word: bigint, fractionBits: number): number {
  return toNumber({ numerator: word, denominator: 1n << BigInt(fractionBits) });
}

/** Smallest and largest word of a column; what the range analysis relies on. */
export function wordRange(column: Column): { minimum: bigint; maximum: bigint } {
  if (column.kind === "category") return { minimum: 0n, maximum: BigInt(column.categories.length) - 1n };
  return {
    minimum: encodeDecimal(column.minimum, column.fractionBits),
    maximum: encodeDecimal(column.maximum, column.fractionBits),
  };
}

/**
 * The word of one value. For a derived column `text` is the value of the column that it derives from. Refuses what is
 * outside the column's declared range.
 */
export function encodeValue(column: Column, text: string): bigint {
  return encoderOf(column)(text);
}

/** A whole column, ready to be shared; errors carry the row. For a derived column `texts` are its source's values. */
export function encodeColumn(column: Column, texts: readonly string[]): BigUint64Array {
  const encode = encoderOf(column);
  const words = new BigUint64Array(texts.length);
  for (let row = 0; row < texts.length; row++) {
    try {
      words[row] = toUnsigned(encode(texts[row]));
    } catch (error) {
      throw error instanceof ValueError ? new ValueError(error.code, `row ${row}: ${error.message}`, row) : error;
    }
  }
  return words;
}

/** The name of the column whose values `encodeColumn` wants for `column`. */
export function sourceOf(column: Column): string {
  return column.kind === "number" && column.derived !== undefined ? column.derived.column : column.name;
}

/** The value of a word: the category's text, or the exact decimal expansion (for a derived column, of the derived value). */
export function decodeValue(column: Column, word: bigint): string {
  if (column.kind === "number") return decodeWord(word, column.fractionBits);
  if (word < 0n || word >= BigInt(column.categories.length)) {
    throw new ValueError("NotAWord", `column ${column.name}: the word is not the index of a category`);
  }
  return column.categories[Number(word)];
}

/** Column `name` of a schema, or undefined. */
export function columnOf(schema: Pick<TableSchema, "columns">, name: string): Column | undefined {
  return schema.columns.find((column) => column.name === name);
}

function scale(value: Rational, fractionBits: number): bigint {
  return roundHalfAway({ numerator: value.numerator << BigInt(fractionBits), denominator: value.denominator });
}

/** An encoder with the column's range parsed once. */
function encoderOf(column: Column): (text: string) => bigint {
  if (column.kind === "category") return categoryEncoder(column);
  return column.derived === undefined ? numberEncoder(column) : logarithmEncoder(column);
}

function categoryEncoder(column: CategoryColumn): (text: string) => bigint {
  const indices = new Map(column.categories.map((category, index) => [category, BigInt(index)]));
  return (text) => {
    const index = indices.get(text);
    if (index !== undefined) return index;
    const known = column.categories.slice(0, 8).map((category) => JSON.stringify(category));
    const more = column.categories.length > 8 ? ` and ${column.categories.length - 8} more` : "";
    throw new ValueError("UnknownCategory", `column ${column.name}: the value is none of ${known.join(", ")}${more}`);
  };
}

function numberEncoder(column: NumberColumn): (text: string) => bigint {
  const minimum = parseDecimal(column.minimum);
  const maximum = parseDecimal(column.maximum);
  return (text) => {
    const value = parseColumnText(column, text);
    // Check: in the declared range before rounding.
    if (compare(value, minimum) < 0 || compare(value, maximum) > 0) throw outOfRange(column, "the value");
    return scale(value, column.fractionBits);
  };
}

function logarithmEncoder(column: NumberColumn): (text: string) => bigint {
  const range = wordRange(column);
  return (text) => {
    const value = parseColumnText(column, text);
    if (value.numerator <= 0n) {
      throw new ValueError("NotPositive", `column ${column.name}: the logarithm needs a value above zero`);
    }
    const word = roundedLogarithm(value, column.fractionBits);
    if (word < range.minimum || word > range.maximum) throw outOfRange(column, "the logarithm");
    return word;
  };
}

function parseColumnText(column: NumberColumn, text: string): Rational {
  try {
    return parseDecimal(text);
  } catch (error) {
    throw error instanceof ValueError ? new ValueError(error.code, `column ${column.name}: ${error.message}`) : error;
  }
}

function outOfRange(column: NumberColumn, what: string): ValueError {
  const range = `${column.minimum} to ${column.maximum}`;
  return new ValueError("OutOfRange", `column ${column.name}: ${what} is outside the declared range ${range}`);
}
