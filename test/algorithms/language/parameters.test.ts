import { ProgramError, ValueError } from "@sharebridge/algorithms/language/errors.ts";
import { checkParameters, encodeParameterTexts } from "@sharebridge/algorithms/language/parameters.ts";
import { payGap } from "@sharebridge/algorithms/library/pay-gap.ts";
import { weightedScore } from "@sharebridge/algorithms/library/weighted-score.ts";
import { expect } from "chai";

const texts = { weight_experience: "-100", intercept: "0.5", weight_education: "100" };

describe("parameters", () => {
  it("are encoded by name into the declared order", () => {
    expect(encodeParameterTexts(weightedScore, texts)).to.deep.equal([32_768n, 6_553_600n, -6_553_600n]);
    expect(encodeParameterTexts(payGap, {})).to.deep.equal([]);
  });

  it("are refused by name", () => {
    const refuse = (given: Record<string, string>, code: string, message: string) => {
      expect(() => encodeParameterTexts(weightedScore, given))
        .to.throw(message)
        .with.property("code", code);
    };
    refuse({ ...texts, slope: "1" }, "UndeclaredParameter", "no parameter slope");
    refuse({ intercept: "1", weight_education: "1" }, "WrongParameterCount", "weight_experience is missing");
    refuse({ ...texts, intercept: "100.1" }, "ParameterOutOfRange", "parameter intercept");
    refuse({ ...texts, intercept: "ten" }, "NotANumber", "parameter intercept");
    expect(() => encodeParameterTexts(payGap, { weight: "1" })).to.throw(ProgramError, "it takes none");
    expect(() => encodeParameterTexts(weightedScore, { ...texts, intercept: "" })).to.throw(ValueError);
    const inherited = { parameters: [{ name: "constructor", fractionBits: 0, minimum: "0", maximum: "1" }] };
    expect(() => encodeParameterTexts(inherited, {})).to.throw(ProgramError, "constructor is missing");
  });

  it("are checked as words, at both ends of the range", () => {
    checkParameters(weightedScore, [0n, 6_553_600n, -6_553_600n]);
    for (const words of [
      [0n, 6_553_601n, 0n],
      [-6_553_601n, 0n, 0n],
    ]) {
      expect(() => checkParameters(weightedScore, words))
        .to.throw(ProgramError)
        .with.property("code", "ParameterOutOfRange");
    }
    for (const words of [[], [0n, 0n], [0n, 0n, 0n, 0n]]) {
      expect(() => checkParameters(weightedScore, words))
        .to.throw(ProgramError)
        .with.property("code", "WrongParameterCount");
    }
  });
});
