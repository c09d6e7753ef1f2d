import { ProtocolError } from "../../errors.ts";

/** The public numbers of a distribution; a parameter outside of its range is an operand that nobody computes on. */
export function inRange<T>(numbers: () => T): T {
  try {
    return numbers();
  } catch (error) {
    throw error instanceof RangeError ? new ProtocolError("InvalidOperand", error.message) : error;
  }
}
