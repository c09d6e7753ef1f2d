/** A case in the clear, on the words that its sellers would share: the figures that the market's answer must have too. */
import { type Figure, finish } from "@sharebridge/algorithms/language/finish.ts";
import { encodeParameterTexts } from "@sharebridge/algorithms/language/parameters.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { evaluateWords } from "@sharebridge/algorithms/language/reference.ts";
import { encodeColumn, sourceOf } from "@sharebridge/algorithms/language/words.ts";
import type { LibraryCase } from "./cases.ts";
import { dealt, rowsOf } from "./table.ts";

export function figuresInTheClear(
  program: Program,
  { table, parameters: texts = {} }: LibraryCase,
  sellers: number,
): Figure[] {
  const parameters = encodeParameterTexts(program, texts);
  const tables = dealt(table, sellers);
  const words = new Map(
    program.columns.map((column) => {
      const cells = tables.flatMap((each) => each[sourceOf(column)]!);
      return [column.name, encodeColumn(column, cells.map(String))];
    }),
  );
  const runs = tables.map((each, seller) => ({ rows: rowsOf(each), seller: `seller ${seller}` }));
  const contributions = { runs, buyer: "buyer", minimumRows: 1, minimumSellers: 1 };
  const rows = rowsOf(table);
  const answer = evaluateWords(program, words, parameters, rows, undefined, contributions);
  return finish(program, answer, { rows, parameters });
}
