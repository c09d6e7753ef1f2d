import { expect } from "chai";

/** chai's `closeTo` for fractions: Hardhat's matchers take the method over and refuse them. */
export function expectCloseTo(actual: number | undefined, expected: number, tolerance: number, name = ""): void {
  expect(Math.abs((actual ?? Number.NaN) - expected), `${name} ${actual} is not close to ${expected}`).to.satisfy(
    (difference: number) => difference <= tolerance,
  );
}
