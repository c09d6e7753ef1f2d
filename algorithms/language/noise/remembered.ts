/** Tables of distributions take milliseconds, and the same ones are asked for again and again: by analyses, accounts and samplers. */
import type { Rational } from "../rational.ts";

const KEPT = 64;

/** `make`, whose last results are kept by their argument. */
export function remembered<T>(make: (argument: Rational) => T): (argument: Rational) => T {
  const known = new Map<string, T>();
  return (argument) => {
    const key = `${argument.numerator}/${argument.denominator}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = make(argument);
    known.set(key, made);
    const [oldest] = known.keys();
    if (known.size > KEPT && oldest !== undefined) known.delete(oldest);
    return made;
  };
}
