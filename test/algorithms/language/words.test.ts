import { ValueError } from "@sharebridge/algorithms/language/errors.ts";
import { roundedLogarithm } from "@sharebridge/algorithms/language/logarithm.ts";
import { absolute, compare, fromWord, multiply, subtract } from "@sharebridge/algorithms/language/rational.ts";
import type { Column } from "@sharebridge/algorithms/language/schema.ts";
import {
  decodeValue,
  decodeWord,
  encodeColumn,
  encodeDecimal,
  encodeValue,
  parseDecimal,
  sourceOf,
  toSigned,
  wordRange,
  wordToNumber,
} from "@sharebridge/algorithms/language/words.ts";
import { expect } from "chai";
import fc from "fast-check";
import { seed } from "../../support/seed.ts";

const wage: Column = { name: "wage", kind: "number", fractionBits: 22, minimum: "0.01", maximum: "500" };
const sex: Column = { name: "sex", kind: "category", categories: ["female", "male"] };
const logWage: Column = {
  name: "log_wage",
  kind: "number",
  fractionBits: 32,
  minimum: "-4.61",
  maximum: "6.22",
  derived: { function: "log", column: "wage" },
};

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof ValueError) return error.code;
    throw error;
  }
  return "none";
}

describe("words", () => {
  it("encodes decimals exactly, rounding half away from zero", () => {
    expect(encodeDecimal("5.10", 22)).to.equal(21390950n);
    expect(encodeDecimal("0.5", 0)).to.equal(1n);
    expect(encodeDecimal("-0.5", 0)).to.equal(-1n);
    expect(encodeDecimal("0.4999999999999999999999999", 0)).to.equal(0n);
    expect(encodeDecimal("1.5e-3", 10)).to.equal(2n);
    expect(encodeDecimal("+.25", 2)).to.equal(1n);
    expect(encodeDecimal("12e2", 0)).to.equal(1200n);
    // A double could not tell these apart.
    expect(encodeDecimal("9007199254740993", 0)).to.equal(9007199254740993n);
  });

  it("holds the whole signed range and nothing beyond", () => {
    expect(encodeDecimal("9223372036854775807", 0)).to.equal(2n ** 63n - 1n);
    expect(encodeDecimal("-9223372036854775808", 0)).to.equal(-(2n ** 63n));
    expect(codeOf(() => encodeDecimal("9223372036854775807.5", 0))).to.equal("OutOfRange");
    expect(codeOf(() => encodeDecimal("-9223372036854775808.5", 0))).to.equal("OutOfRange");
    expect(codeOf(() => encodeDecimal("1e999", 0))).to.equal("OutOfRange");
  });

  it("refuses what is not a decimal number", () => {
    for (const text of [
      "",
      " ",
      "-",
      ".",
      "e5",
      "1e",
      "1,5",
      "0x10",
      "NaN",
      "Infinity",
      "1 ",
      "1e1000",
      "--1",
      "1".repeat(65),
    ]) {
      expect(
        codeOf(() => encodeDecimal(text, 8)),
        JSON.stringify(text),
      ).to.equal("NotANumber");
    }
  });

  it("decodes to the exact decimal expansion", () => {
    expect(decodeWord(21390950n, 22)).to.equal("5.099999904632568359375");
    expect(decodeWord(-3n, 1)).to.equal("-1.5");
    expect(decodeWord(-1n, 2)).to.equal("-0.25");
    expect(decodeWord(0n, 40)).to.equal("0");
    expect(decodeWord(1200n, 0)).to.equal("1200");
    expect(wordToNumber(-3n, 1)).to.equal(-1.5);
  });

  it("decodes what it encoded to within half a unit, and re-encodes it to the same word", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }), fc.nat(6), fc.nat(30), (digits, places, bits) => {
        const magnitude = (digits < 0n ? -digits : digits).toString().padStart(places + 1, "0");
        const cut = magnitude.length - places;
        const text = `${digits < 0n ? "-" : ""}${magnitude.slice(0, cut)}${places === 0 ? "" : `.${magnitude.slice(cut)}`}`;
        const word = encodeDecimal(text, bits);
        const error = absolute(subtract(fromWord(word, bits), parseDecimal(text)));
        expect(compare(error, fromWord(1n, bits + 1))).to.be.at.most(0);
        expect(encodeDecimal(decodeWord(word, bits).slice(0, 60), bits)).to.equal(word);
      }),
      { seed, numRuns: 2_000 },
    );
  });

  it("checks a number against the declared range before rounding", () => {
    expect(encodeValue(wage, "0.01")).to.equal(wordRange(wage).minimum);
    expect(encodeValue(wage, "500")).to.equal(wordRange(wage).maximum);
    expect(codeOf(() => encodeValue(wage, "500.00000001"))).to.equal("OutOfRange");
    expect(codeOf(() => encodeValue(wage, "0.0099999999"))).to.equal("OutOfRange");
  });

  it("encodes categories by index and refuses others", () => {
    expect(encodeValue(sex, "male")).to.equal(1n);
    expect(decodeValue(sex, 0n)).to.equal("female");
    expect(codeOf(() => encodeValue(sex, "Male"))).to.equal("UnknownCategory");
    expect(codeOf(() => encodeValue(sex, "__proto__"))).to.equal("UnknownCategory");
    expect(codeOf(() => decodeValue(sex, 2n))).to.equal("NotAWord");
    expect(codeOf(() => decodeValue(sex, -1n))).to.equal("NotAWord");
  });

  it("derives logarithms from the source column's text", () => {
    expect(sourceOf(logWage)).to.equal("wage");
    expect(encodeValue(logWage, "1")).to.equal(0n);
    expect(encodeValue(logWage, "44.5")).to.equal(BigInt(Math.round(Math.log(44.5) * 2 ** 32)));
    expect(codeOf(() => encodeValue(logWage, "0"))).to.equal("NotPositive");
    expect(codeOf(() => encodeValue(logWage, "-1"))).to.equal("NotPositive");
    expect(codeOf(() => encodeValue(logWage, "503"))).to.equal("OutOfRange");
  });

  it("names column and row, never the value", () => {
    try {
      encodeColumn(wage, ["5.1", "777.25"]);
      expect.fail("777.25 is out of range");
    } catch (error) {
      expect(error).to.be.instanceOf(ValueError);
      const { message, row } = error as ValueError;
      expect(row).to.equal(1);
      expect(message).to.include("row 1").and.include("column wage").and.include("0.01 to 500");
      expect(message).not.to.include("777");
    }
    expect(toSigned(encodeColumn({ ...wage, minimum: "-2" }, ["-1"])[0])).to.equal(-(2n ** 22n));
  });
});

describe("logarithm", () => {
  /** ln 2 and ln 10, digits of OEIS A002162 and A002392. */
  const known: [string, string][] = [
    ["2", "0.693147180559945309417232121458176568075500134360255254120680"],
    ["10", "2.302585092994045684017991454684364207601101488628772976033327"],
  ];

  it("agrees with published digits at every scale", () => {
    for (const [argument, digits] of known) {
      const whole = digits.replace(".", "");
      const logarithm = { numerator: BigInt(whole), denominator: 10n ** BigInt(digits.split(".")[1].length) };
      for (let bits = 0; bits <= 120; bits++) {
        const scaled = multiply(logarithm, { numerator: 1n << BigInt(bits), denominator: 1n });
        const rounded = (2n * scaled.numerator + scaled.denominator) / (2n * scaled.denominator);
        expect(roundedLogarithm(parseDecimal(argument), bits), `ln ${argument}, ${bits} bits`).to.equal(rounded);
      }
    }
  });

  it("gives the same by the quick way and by many bits", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 ** 9 }),
        fc.integer({ min: 1, max: 10 ** 6 }),
        fc.nat(40),
        (n, d, bits) => {
          const value = { numerator: BigInt(n), denominator: BigInt(d) };
          // 60 further bits take the long way; dropping them can only disagree on a tie, which has probability 2^-60.
          const long = roundedLogarithm(value, bits + 60);
          const magnitude = long < 0n ? -long : long;
          const rounded = (magnitude + (1n << 59n)) >> 60n;
          expect(roundedLogarithm(value, bits)).to.equal(long < 0n ? -rounded : rounded);
        },
      ),
      { seed, numRuns: 3_000 },
    );
  });
});
