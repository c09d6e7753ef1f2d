/** docs/library.md: what an analyst needs to know of each program of the library, made of the programs themselves. */
import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import { disclosureStatement } from "@sharebridge/algorithms/language/disclosure.ts";
import { programHash } from "@sharebridge/algorithms/language/encode.ts";
import type { Figure } from "@sharebridge/algorithms/language/finish.ts";
import { describeColumn, describeParameter, minimumText } from "@sharebridge/algorithms/language/print.ts";
import { privateInputsOf } from "@sharebridge/algorithms/language/private-inputs.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { largestRows, tablesOf } from "@sharebridge/algorithms/language/tables.ts";
import { library } from "@sharebridge/algorithms/library/index.ts";
import { costOfProgram } from "@sharebridge/mpc-nodes/vm/cost.ts";
import { type LibraryCase, libraryCases, rowsOfCase } from "./cases.ts";
import { figuresInTheClear } from "./in-the-clear.ts";
import { csvOf, type Table } from "./table.ts";

const SELLERS = 3;
const EXAMPLE_ROWS = [1_000, 100_000];

const INTRODUCTION = `# The standard library

What each program answers, what it needs, opens, costs, and how far off it can be. This page is made of the programs (\`npm run library:docs\`; lint holds it to them). How to write one is in
[language.md](language.md), what the language has in [algorithms.md](algorithms.md); there is also how a program of the library is made for other columns.

Try one on your own table, offline, by a simulated committee of four; then sell or buy it on the devnet (\`npm run devnet\` in another terminal). \`sharebridge\` stands for \`npm run --silent sharebridge --\`:

\`\`\`
sharebridge algorithm run wage_histogram --data wages.csv
sharebridge algorithm register wage_histogram --account author
sharebridge market create wage_histogram --price 1000000000000000000 --account author   # prints the market's address
sharebridge schema infer wages.csv --market MARKET > schema.json
sharebridge policy example --market MARKET > policy.json
sharebridge publish wages.csv --schema schema.json --policy policy.json --market MARKET --account seller1   # two sellers or more
sharebridge request --market MARKET --wait --account buyer
\`\`\`

The figures below are those of real data, dealt to three sellers, as \`npm run demo:library\` buys them; each is held there to a computation that knows nothing of the language. ± is the largest
error that the figure can have, whatever the data: it follows from ranges, rounding and the number of rows.`;

export async function referencePage(): Promise<string> {
  const names = [...library.keys()].map((name) => `- [\`${name}\`](#${name}): ${library.get(name)!.description}`);
  const entries = await Promise.all([...library.values()].map(entryOf));
  return `${[INTRODUCTION, names.join("\n"), ...entries].join("\n\n")}\n`;
}

async function entryOf(program: Program): Promise<string> {
  const libraryCase = libraryCases.get(program.name)?.();
  if (libraryCase === undefined) throw new Error(`${program.name} has no case in scripts/library/cases.ts`);
  const { name, description, protection } = program;
  return [
    `## ${name}`,
    description,
    `Example: \`${exampleCommand(program, libraryCase)}\`, with ${program.tables === undefined ? "a table" : "tables"} like this (${libraryCase.source}, ${rowsOfCase(libraryCase).join(" and ")} rows in all):`,
    ...[libraryCase.table, ...(libraryCase.further ?? [])].map((table) => block(firstLines(table))),
    ...tablesOf(program).map(
      ({ name: table, columns }) =>
        `**Columns**${table === undefined ? "" : ` of table ${table}`}\n\n${list(columns.map(describeColumn))}`,
    ),
    ...(program.parameters.length === 0
      ? []
      : [`**Parameters** of the buyer\n\n${list(program.parameters.map(describeParameter))}`]),
    ...(privateInputsOf(program).length === 0
      ? []
      : [`**Private inputs** of the buyer\n\n${list(privateInputsOf(program).map(describeParameter))}`]),
    `**Figures**\n\n${figureTable(figuresInTheClear(program, libraryCase, SELLERS))}`,
    `**Discloses** (all of it: \`sharebridge algorithm disclosure ${name}\`)${protection === undefined ? "" : `; groups of fewer than ${minimumText(protection)} are suppressed`}\n\n${block(disclosed(program))}`,
    `**Costs**\n\n${await costTable(program)}`,
    `For up to ${largestRows(program)
      .map((rows) => rows.toLocaleString("en-US"))
      .join(" and ")} rows. Id \`${programHash(program)}\`.`,
  ].join("\n\n");
}

function exampleCommand(program: Program, { parameters = {} }: LibraryCase): string {
  const params = Object.entries(parameters).map(([parameter, value]) => ` --param ${parameter}=${value}`);
  const model = privateInputsOf(program).length === 0 ? "" : " --private-inputs model.json";
  const files = tablesOf(program).map(({ name = "table" }) => `${name}.csv`);
  return `sharebridge algorithm run ${program.name} --data ${files.join(",")}${params.join("")}${model}`;
}

const firstLines = (table: Table) => csvOf(table).split("\n").slice(0, 3).join("\n");

const block = (text: string) => `\`\`\`\n${text.trimEnd()}\n\`\`\``;
const list = (lines: readonly string[]) => lines.map((line) => `- ${line}`).join("\n");

/** Bars would end a cell. */
const cell = (text: string) => text.replaceAll("|", "\\|");

function tableText(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}

function figureTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const { name, label } = figure;
    if (figure.undefinedReason !== undefined)
      return [`\`${name}\``, label, figure.isSuppressed ? "suppressed" : "not defined", ""];
    const { value, error } = figure;
    return [
      `\`${name}\``,
      label,
      String(Number(value.toPrecision(9))),
      error === 0 ? "exact" : `± ${error.toExponential(1)}`,
    ];
  });
  return tableText(["figure", "", "of the example", "error"], rows);
}

/** The statement's part that is this program's own: between what it reads and to whom. */
function disclosed(program: Program): string {
  const sections = disclosureStatement(program).split("\n\n");
  const isOwn = (section: string) =>
    !/^(Disclosure statement|The author describes|It reads|The buyer sets)/.test(section);
  return sections
    .slice(
      0,
      sections.findIndex((section) => section.startsWith("To whom:")),
    )
    .filter(isOwn)
    .join("\n\n");
}

async function costTable(program: Program): Promise<string> {
  const counts = [...new Set(EXAMPLE_ROWS.map((rows) => Math.min(rows, program.maximumRows)))];
  const rows = await Promise.all(
    counts.map(async (count) => {
      const counts = largestRows(program, count);
      const { rounds, bytesSent } = await costOfProgram(program, counts);
      const errors = analyse(program, counts).outputs.map(({ absoluteError }) => absoluteError);
      const largest = errors.reduce((a, b) => (Number(a) >= Number(b) ? a : b));
      return [String(count), String(rounds), Math.max(...bytesSent).toLocaleString("en-US"), largest];
    }),
  );
  return tableText(["rows", "rounds", "bytes that a node sends", "largest error of an output"], rows);
}
