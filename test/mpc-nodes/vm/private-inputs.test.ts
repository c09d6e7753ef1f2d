/** Private inputs before anything reads them: in their ranges, whatever words were shared, in the clear, by four parties and by three. */
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import { clampPrivateInput, PRIVATE_INPUTS } from "@sharebridge/algorithms/language/private-inputs.ts";
import type { PrivateInput, Program } from "@sharebridge/algorithms/language/program.ts";
import { toSigned, toUnsigned } from "@sharebridge/algorithms/language/words.ts";
import { expect } from "chai";
import { outputsOf } from "../../suites/program.suite.ts";
import { seed } from "../../support/seed.ts";
import { clearRunner } from "../support/clear-runner.ts";
import { fourRunner } from "../support/four-runner.ts";
import { threeRunner } from "../support/three-runner.ts";

const ENDS = [-(1n << 62n), -(1n << 62n) + 1n, -5n, 0n, 7n, (1n << 62n) - 1n];
const RANGES = ENDS.flatMap((minimum, index) => ENDS.slice(index).map((maximum) => ({ minimum, maximum })));
const near = (word: bigint) => [word - 1n, word, word + 1n];
const WORDS = [...ENDS.flatMap(near), ...near(-(1n << 63n)), ...near((1n << 63n) - 1n)].map((word) =>
  toSigned(toUnsigned(word)),
);

/** Every range with every word: each output is what became of it. */
function programOf(privateInputs: PrivateInput[]): Program {
  return {
    ...{ version: 2, name: "own", description: "Opens what is left of private inputs.", parameters: [], finish: [] },
    ...{ columns: [{ name: "x", kind: "number", fractionBits: 0, minimum: "0", maximum: "1" }], maximumRows: 1 },
    privateInputs,
    instructions: privateInputs.map(({ name }) => ({ op: "privateInput", privateInput: name })),
    outputs: privateInputs.map(({ name }, value) => ({ name, value })),
  };
}

describe("private inputs of a run", () => {
  const cases = RANGES.flatMap(({ minimum, maximum }) =>
    WORDS.map((word) => ({ word, minimum: minimum.toString(), maximum: maximum.toString() })),
  );
  const batches = Array.from({ length: Math.ceil(cases.length / 256) }, (_, batch) =>
    cases.slice(256 * batch, 256 * (batch + 1)),
  );

  for (const runner of [clearRunner, fourRunner(seed), threeRunner(seed)]) {
    it(`are put to the nearest end of their ranges: ${runner.name}`, async () => {
      expect(cases.length).to.be.greaterThan(256);
      for (const batch of batches) {
        const inputs = batch.map(({ minimum, maximum }, index) => {
          return { name: `own_${index}`, fractionBits: 0, minimum, maximum };
        });
        const words = new Map([
          ["x", BigUint64Array.of(1n)],
          [PRIVATE_INPUTS, BigUint64Array.from(batch, ({ word }) => toUnsigned(word))],
        ]);
        const outputs = await outputsOf(runner, { program: programOf(inputs), words, parameters: [], rows: 1 });
        expect(outputs).to.deep.equal(batch.map(({ word }, index) => clampPrivateInput(word, inputs[index]!)));
        outputs.forEach((output, index) => {
          const { minimum, maximum } = inputs[index]!;
          expect(output >= BigInt(minimum) && output <= BigInt(maximum)).to.equal(true);
        });
      }
    });
  }

  it("are refused missing, or in another number than declared", async () => {
    const program = programOf([{ name: "own", fractionBits: 0, minimum: "0", maximum: "1" }]);
    const codeWith = async (own: readonly bigint[] | undefined) => {
      const words = new Map([["x", BigUint64Array.of(1n)]]);
      if (own !== undefined) words.set(PRIVATE_INPUTS, BigUint64Array.from(own));
      const run = outputsOf(clearRunner, { program, words, parameters: [], rows: 1 });
      const error = await run.catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(ProgramError);
      return (error as ProgramError).code;
    };
    expect(await codeWith(undefined)).to.equal("MissingInput");
    expect(await codeWith([1n, 1n])).to.equal("WrongInputLength");
  });
});
