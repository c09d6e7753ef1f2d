/** A case in the clear, on the words that its sellers would share: the figures that the market's answer must have too. */
import { runsOfTables } from "@sharebridge/algorithms/language/contributions.ts";
import { type Figure, finish } from "@sharebridge/algorithms/language/finish.ts";
import { encodeParameterTexts } from "@sharebridge/algorithms/language/parameters.ts";
import { encodePrivateInputTexts, PRIVATE_INPUTS } from "@sharebridge/algorithms/language/private-inputs.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { evaluateWords } from "@sharebridge/algorithms/language/reference.ts";
import { inputsOf } from "@sharebridge/algorithms/language/tables.ts";
import { encodeColumn, sourceOf, toUnsigned } from "@sharebridge/algorithms/language/words.ts";
import { type LibraryCase, rowsOfCase } from "./cases.ts";
import { dealt, rowsOf } from "./table.ts";

export function figuresInTheClear(program: Program, libraryCase: LibraryCase, sellers: number): Figure[] {
  const { table, further = [], parameters: texts = {}, privateInputs = {} } = libraryCase;
  const parameters = encodeParameterTexts(program, texts);
  const tables = [table, ...further].map((each) => dealt(each, sellers));
  const words = new Map(
    inputsOf(program).map(({ name, table: number, column }) => {
      const cells = tables[number]!.flatMap((each) => each[sourceOf(column)]!);
      return [name, encodeColumn(column, cells.map(String))];
    }),
  );
  words.set(PRIVATE_INPUTS, BigUint64Array.from(encodePrivateInputTexts(program, privateInputs), toUnsigned));
  const runs = tables.map((parts) => parts.map((each, seller) => ({ rows: rowsOf(each), seller: `seller ${seller}` })));
  const contributions = { ...runsOfTables(runs), buyer: "buyer", minimumRows: 1, minimumSellers: 1 };
  const counts = rowsOfCase(libraryCase);
  const answer = evaluateWords(program, words, parameters, counts, undefined, contributions);
  return finish(program, answer, { rows: counts.reduce((sum, count) => sum + count, 0), parameters });
}
