/** A plain or scientific decimal number, exactly: value = digits / 10^places. */
export interface Decimal {
  readonly digits: bigint;
  readonly places: number;
}

/** Most places after the point that a schema's range can hold. */
export const MAXIMUM_PLACES = 12;

/**
 * Reads a number as a spreadsheet writes it: "5", "-5.10", ".5", "1e3". No thousands separators (a comma means a decimal
 * point to some and nothing to others). Null when it is not a number, or one too long to be meant.
 */
export function parseDecimal(text: string): Decimal | null {
  const match = /^([+-]?)(\d{0,19})(?:\.(\d{0,30}))?(?:[eE]([+-]?\d{1,2}))?$/.exec(text.trim());
  if (match === null) return null;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  if (whole === "" && fraction === "") return null;
  let digits = BigInt(whole + fraction);
  let places = fraction.length - Number(exponent);
  while (places > 0 && digits % 10n === 0n) {
    digits /= 10n;
    places -= 1;
  }
  if (places < 0) {
    digits *= 10n ** BigInt(-places);
    places = 0;
  }
  return { digits: sign === "-" ? -digits : digits, places };
}

/** Below 0 when a < b, 0 when equal, above 0 when a > b. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const left = a.digits * 10n ** BigInt(b.places);
  const right = b.digits * 10n ** BigInt(a.places);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Plain notation, e.g. "-12.5": what schemas and `parseDecimal` read. */
export function formatDecimal({ digits, places }: Decimal): string {
  const text = (digits < 0n ? -digits : digits).toString().padStart(places + 1, "0");
  const whole = text.slice(0, text.length - places);
  const fraction = text.slice(text.length - places).replace(/0+$/, "");
  return `${digits < 0n ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

/**
 * The next number of the series 1, 2, 5, 10, 20, 50, ... (and 0.1, 0.2, ...) whose magnitude is at least that of `value`;
 * 0 stays 0.
 */
export function roundedAway(value: Decimal): Decimal {
  if (value.digits === 0n) return { digits: 0n, places: 0 };
  const magnitude = value.digits < 0n ? -value.digits : value.digits;
  let power = 10n ** BigInt(magnitude.toString().length - 1);
  let rounded = 10n * power;
  for (const step of [1n, 2n, 5n]) {
    if (step * power >= magnitude) {
      rounded = step * power;
      break;
    }
  }
  power = value.digits < 0n ? -rounded : rounded;
  return parseDecimal(formatDecimal({ digits: power, places: value.places }))!;
}
