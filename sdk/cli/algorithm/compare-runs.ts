/** A program run three ways on the same tables: as an analyst would in double precision, on words in the clear, and by a committee. */
import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import { certificates } from "@sharebridge/algorithms/language/certificates.ts";
import { type Contributions, runsOfTables } from "@sharebridge/algorithms/language/contributions.ts";
import { type Figure, finish, outputFigures } from "@sharebridge/algorithms/language/finish.ts";
import { derivedFrom } from "@sharebridge/algorithms/language/operands.ts";
import { PRIVATE_INPUTS, privateInputsOf } from "@sharebridge/algorithms/language/private-inputs.ts";
import type { Parameter, Program } from "@sharebridge/algorithms/language/program.ts";
import { toNumberUp } from "@sharebridge/algorithms/language/rational.ts";
import { evaluateReal, evaluateWords, finishReal } from "@sharebridge/algorithms/language/reference.ts";
import { presenceOf, storedColumns } from "@sharebridge/algorithms/language/stored-columns.ts";
import { type Rows, storedInputsOf, tablesOf } from "@sharebridge/algorithms/language/tables.ts";
import { toUnsigned, wordToNumber } from "@sharebridge/algorithms/language/words.ts";
import { type SimulatedAnswer, simulateCommittee } from "@sharebridge/mpc-nodes/engine/simulated-committee.ts";
import { concatenateWords } from "@sharebridge/mpc-nodes/math/words.ts";
import { chooseTable } from "../../table/choose-table.ts";
import { type EncodedTable, encodeTable, indexOfColumn } from "../../table/encode-table.ts";
import type { Table } from "../../table/table.ts";

export interface ComparedOutput {
  readonly name: string;
  /** In double precision, on the numbers as they stand in the tables. */
  readonly real: number;
  /** On words, in the clear. */
  readonly clear: number;
  /** On shares, by four parties. */
  readonly committee: number;
  /** What the analysis declares for these rows and parameters: decimal text, rounded up. */
  readonly absoluteError: string;
  /** Of an output that noise is added to, which only the committee's has: how far that takes it, in 95 answers of 100. Decimal text, rounded up. */
  readonly likelyError?: string;
  /** What `real` itself may be off by. */
  readonly doubleError: number;
  /** Why both runs on words must give 0, whatever `real` is: its group is suppressed, or its system not certified. */
  readonly undefinedReason?: string;
  /** It is about intermediate results as they came out (`computed`), which are other ones in doubles: nothing to be held against `real`. */
  readonly asComputed: boolean;
  /**
   * Both runs on words are within the two errors of `real`, the committee's with the most that its noise can be; or they are 0 because they have
   * to be; or it is `asComputed`.
   */
  readonly within: boolean;
}

export interface ComparedFigure {
  readonly figure: Figure;
  readonly real: number;
}

export interface Comparison {
  /** Of each table of the program if it has several. */
  readonly rows: Rows;
  readonly outputs: readonly ComparedOutput[];
  readonly figures: readonly ComparedFigure[];
  /** Counted by the four parties' transports: opening and votes are in it. */
  readonly committee: Pick<SimulatedAnswer, "rounds" | "bytesSent">;
  readonly within: boolean;
  /** The committee's outputs, all or some, have noise. */
  readonly isNoised: boolean;
}

/**
 * Double precision has 53 bits; sums are compensated, so what is left are the roundings of single operations. Each is of a number
 * no larger than the output can be, but for programs that cancel; five bits are left for these.
 */
const DOUBLE_PRECISION = 2 ** -48;

/** A seller's table, and the number of the program's table that it belongs to. */
export interface FittedTable {
  readonly table: Table;
  readonly encoded: EncodedTable;
  readonly number: number;
}

/** The tables are appended, as a pool's datasets are, each of another seller. @throws SdkError when a table does not fit the program's columns. */
export async function compareRuns(
  program: Program,
  tables: readonly FittedTable[],
  parameters: readonly bigint[],
  privateInputs: readonly bigint[] = [],
  simulate: typeof simulateCommittee = simulateCommittee,
): Promise<Comparison> {
  const rows = rowsOf(program, tables);
  const total = rows.reduce((sum, count) => sum + count, 0);
  const words = new Map(
    storedInputsOf(program).map(({ name, table, stored }) => {
      const position = storedColumns(tablesOf(program)[table].columns).findIndex((each) => each.name === stored);
      const own = tables.filter(({ number }) => number === table);
      return [name, concatenateWords(own.map(({ encoded }) => encoded.columns[position]))] as const;
    }),
  );
  if (privateInputs.length > 0) words.set(PRIVATE_INPUTS, BigUint64Array.from(privateInputs, toUnsigned));
  const { program: flat, outputs: bounds } = analyse(program, rows, parameters);
  const computed = derivedFrom(flat, ({ op }) => op === "computed");
  const realInputs = realColumns(program, tables);
  realInputs.set(PRIVATE_INPUTS, Float64Array.from(realNumbers(privateInputsOf(program), privateInputs)));
  const real = evaluateReal(program, realInputs, realNumbers(program.parameters, parameters), rows);
  const contributions = contributionsOf(program, tables);
  const clear = evaluateWords(program, words, parameters, rows, undefined, contributions);
  const committee = await simulate({ program, parameters, columns: words, rows, contributions });
  const defined = outputFigures(program, clear, { rows: total, parameters });
  const flags = new Set(certificates(program).map(({ output }) => output));
  const outputs = bounds.map(({ name, fractionBits, absoluteError, words: range, noise }, index): ComparedOutput => {
    const [inClear, onShares] = [clear, committee.words].map((found) => wordToNumber(found[index], fractionBits));
    const largest = Math.max(
      ...[range.minimum, range.maximum].map((word) => Math.abs(wordToNumber(word, fractionBits))),
    );
    const doubleError = largest * DOUBLE_PRECISION;
    const allowed = defined[index].undefinedReason === undefined ? Number(absoluteError) + doubleError : 0;
    const { undefinedReason } = defined[index];
    const expected = undefinedReason !== undefined ? 0 : flags.has(index) ? inClear : real[index];
    const withNoise = noise === undefined ? allowed : toNumberUp(noise.certain) + doubleError;
    const asComputed = computed[flat.outputs[index].value] && undefinedReason === undefined;
    const within =
      asComputed || (Math.abs(inClear - expected) <= allowed && Math.abs(onShares - expected) <= withNoise);
    return {
      ...{ name, real: real[index], clear: inClear, committee: onShares, absoluteError },
      ...(noise === undefined ? {} : { likelyError: noise.likelyError }),
      ...{ doubleError, ...(undefinedReason === undefined ? {} : { undefinedReason }), asComputed, within },
    };
  });
  const realFigures = finishReal(program, real, rows);
  const { rounds, bytesSent } = committee;
  return {
    rows: rows.length === 1 ? rows[0] : rows,
    outputs,
    figures: finish(program, committee.words, { rows: total, parameters }).map((figure) => ({
      figure,
      real: realFigures.get(figure.name) ?? Number.NaN,
    })),
    committee: { rounds, bytesSent },
    isNoised: bounds.some(({ noise }) => noise !== undefined),
    within:
      outputs.every(({ within }) => within) &&
      clear.slice(outputs.length).every((word, group) => word === committee.words[outputs.length + group]),
  };
}

/** A seller a table; the buyer has none. */
function contributionsOf(program: Program, tables: readonly FittedTable[]): Contributions {
  const sold = tables.map(({ encoded: { rows }, number }, index) => ({ rows, number, seller: `table ${index}` }));
  const runs = tablesOf(program).map((_, number) => sold.filter((run) => run.number === number));
  return { ...runsOfTables(runs), buyer: "none", minimumRows: 1, minimumSellers: 1 };
}

/** A table as the program wants it: as the one whose columns it has. @throws SdkError */
export function fitTable(program: Program, table: Table): FittedTable {
  const number = chooseTable(program, table);
  const { columns } = tablesOf(program)[number];
  return { table, encoded: encodeTable(table, { columns: [...columns] }), number };
}

/** Rows of each table of the program. */
export function rowsOf(program: Program, tables: readonly FittedTable[]): readonly number[] {
  return tablesOf(program).map((_, table) => {
    return tables.reduce((sum, { encoded, number }) => (number === table ? sum + encoded.rows : sum), 0);
  });
}

/** The numbers of the tables themselves, not of their words; of a missing value 0, which its presence says is none. */
function realColumns(program: Program, tables: readonly FittedTable[]): Map<string, Float64Array> {
  return new Map(
    storedInputsOf(program).map(({ name, table: number, column, stored }) => {
      const schema = { columns: [...tablesOf(program)[number].columns] };
      const isPresence = column.optional === true && stored === presenceOf(column);
      const numberOf = (text: string): number => {
        if (isPresence) return text === "" ? 0 : 1;
        if (text === "") return 0;
        if (column.kind === "category") return column.categories.indexOf(text);
        return column.derived === undefined ? Number(text) : Math.log(Number(text));
      };
      const own = tables.filter((each) => each.number === number);
      const values = own.flatMap(({ table }) => {
        const index = indexOfColumn(table, schema, column);
        return table.rows.map((row) => numberOf(row[index].trim()));
      });
      return [name, Float64Array.from(values)] as const;
    }),
  );
}

/** A result is about the buyer's numbers as they were encoded. */
function realNumbers(declared: readonly Parameter[], words: readonly bigint[]): number[] {
  return declared.map(({ fractionBits }, index) => wordToNumber(words[index], fractionBits));
}
