import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import { evaluateWords } from "@sharebridge/algorithms/language/reference.ts";
import { chiSquare, histogram, payGap, privateHistogram } from "@sharebridge/algorithms/library/index.ts";
import { simulateCommittee } from "@sharebridge/mpc-nodes/engine/simulated-committee.ts";
import { costOfProgram } from "@sharebridge/mpc-nodes/vm/cost.ts";
import { expect } from "chai";
import { ofSellers } from "../../algorithms/support/unprotected.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { makeCase } from "./support.ts";

describe("a simulated committee", () => {
  it("gives what the program means in the clear, on shares that are drawn anew", async () => {
    for (const program of [histogram, chiSquare]) {
      const { columns, parameters, rows } = makeCase(`simulated ${program.name}`, program, 65, false);
      const contributions = ofSellers(rows);
      const drawn: number[] = [];
      const random = (length: number) => {
        drawn.push(length);
        return crypto.getRandomValues(new Uint8Array(length));
      };
      const { words, rounds, bytesSent } = await simulateCommittee(
        { program, parameters, columns, rows, contributions },
        random,
      );
      expect(words).to.deep.equal(evaluateWords(program, columns, parameters, rows, undefined, contributions));
      // Three shares of each column, and the request's id.
      expect(drawn).to.have.length(3 * program.columns.length + 1);
      const counted = await costOfProgram(program, rows, contributions);
      expect(rounds).to.be.greaterThan(counted.rounds);
      for (const [party, bytes] of bytesSent.entries()) expect(bytes).to.be.greaterThan(counted.bytesSent[party]!);
    }
  });

  it("draws noise, other noise in each run", async () => {
    const { columns, parameters, rows } = makeCase("simulated noise", privateHistogram, 65, false);
    const clear = evaluateWords(privateHistogram, columns, parameters, rows);
    const runs = [];
    for (let run = 0; run < 2; run++) {
      runs.push(await simulateCommittee({ program: privateHistogram, parameters, columns, rows }));
    }
    const [laplace] = analyse(privateHistogram).noise.values();
    for (const { words } of runs) {
      expect(words).to.have.length(clear.length);
      for (const [bin, word] of words.entries()) {
        expect(word - clear[bin]! <= laplace!.largest && clear[bin]! - word <= laplace!.largest).to.equal(true);
      }
    }
    // Keys that follow from the random numbers of a run.
    const seeded = () =>
      simulateCommittee({ program: privateHistogram, parameters, columns, rows }, seededRandom(1, "simulated"));
    expect((await seeded()).words).to.deep.equal((await seeded()).words);
    const other = await simulateCommittee(
      { program: privateHistogram, parameters, columns, rows },
      seededRandom(2, "simulated"),
    );
    expect(other.words).not.to.deep.equal((await seeded()).words);
  });

  it("fails as an engine does when a program is not for these rows", async () => {
    const { columns, rows } = makeCase("simulated bad", payGap, 3, false);
    const run = { program: payGap, parameters: [1n], columns, rows };
    const error = await simulateCommittee(run).catch((reason: unknown) => reason);
    expect(error).to.have.property("code", "WrongParameterCount");
  });
});
