/**
 * The disclosure statement: what a program reads, what it opens and to whom, what it does not protect, in plain English
 * and from the program alone. Sellers read it before they consent, operators before they approve; its hash is stored
 * with the algorithm.
 */
import { keccak_256 } from "@noble/hashes/sha3.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { certificates } from "./certificates.ts";
import { checkProgram, derivedFrom, operandsOf } from "./check.ts";
import { programHash } from "./encode.ts";
import { expressionText } from "./expression.ts";
import { describeColumn, describeParameter, quote } from "./print.ts";
import type { Program } from "./program.ts";
import { columnOf } from "./words.ts";

/** keccak256 of the statement's UTF-8, as 0x-hex. */
export function disclosureHash(program: Program): string {
  return `0x${bytesToHex(keccak_256(utf8ToBytes(disclosureStatement(program))))}`;
}

export function disclosureStatement(program: Program): string {
  checkProgram(program);
  const sources = sourcesOf(program);
  const extremes = derivedFrom(program, ({ op }) => op === "minimum" || op === "maximum");
  const computed = derivedFrom(program, ({ op }) => op === "computed");
  const read = new Set(program.instructions.flatMap((step) => ("column" in step ? [step.column] : [])));
  const sections = [
    [`Disclosure statement of program ${program.name}`, `Id ${programHash(program)}`],
    [`The author describes it so: ${quote(program.description)}`],
    [
      "It reads these columns, of every row of every dataset in the pool:",
      ...program.columns.map(
        (column) => `- ${describeColumn(column)}${read.has(column.name) ? "" : " (must be present, is not read)"}`,
      ),
    ],
    parameterSection(program),
    decisionSection(program),
    solveSection(program),
    ...(program.instructions.some(({ op }) => op === "computed") ? [COMPUTED] : []),
    [
      `It opens these ${program.outputs.length} numbers and nothing else:`,
      ...program.outputs.map(
        ({ name, value }) =>
          `- ${name}, ${describeSources(sources[value])}${extremes[value] ? REVEALS_VALUES : ""}${computed[value] ? AS_COMPUTED : ""}`,
      ),
    ],
    [
      "To whom: to the buyer alone if the request is sealed; to everyone, on the chain, for ever, if it is public. The",
      "buyer chooses which. In a sealed request no node, bridge or oracle sees the numbers; in either, at most one of the",
      "four nodes may be dishonest, and two that share what they hold can read all the data.",
    ],
    [
      "Whoever has the numbers can compute anything from them, for example:",
      ...program.finish.map(({ label, expression }) => `- ${quote(label)} = ${expressionText(expression)}`),
    ],
    [
      "What does not protect you:",
      "- No noise is added. The numbers are exact up to rounding; this is not differential privacy.",
      "- The computation enforces no minimum group. If a group that is summed over holds one row, its sums are that row's",
      "  values. Only the market's terms and your policy set a minimum number of rows, and they count the whole pool.",
      "- Two answers about pools that differ by your rows differ by what your rows contribute.",
      "- The number of rows of each dataset, and so of the pool, is public. So are the columns' declared ranges.",
    ],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function parameterSection(program: Program): string[] {
  if (program.parameters.length === 0) return [];
  return [
    "The buyer sets these public parameters in each request; every other choice opens another set of numbers:",
    ...program.parameters.map((parameter) => `- ${describeParameter(parameter)}`),
  ];
}

const REVEALS_VALUES =
  "; depends on a minimum or maximum over rows, and so reveals individual values: those of the row that has it";

function decisionSection(program: Program): string[] {
  const decides = program.instructions.some(({ op }) => op === "less" || op === "equal");
  const encoded = program.instructions.flatMap((step) => {
    const column = step.op === "encoded" ? columnOf(program, step.column) : undefined;
    return column?.kind === "number" ? [`${column.name} to a multiple of 2^-${column.fractionBits}`] : [];
  });
  const steered = derivedFrom(program, ({ op }) => op === "parameter");
  const chosen = program.instructions.some(
    (step) => (step.op === "less" || step.op === "equal") && (steered[step.a] || steered[step.b]),
  );
  return [
    ...(decides
      ? ["It compares values in secret, and what it opens can count or sum over the rows that a comparison selects."]
      : []),
    ...(encoded.length === 0 ? [] : [`It takes as exact, after rounding: ${encoded.join(", ")}.`]),
    ...(chosen
      ? [
          "The buyer's parameters take part in a comparison: two requests whose selections differ by one row differ by that",
          "row's values.",
        ]
      : []),
  ];
}

const AS_COMPUTED = "; about intermediate results as they came out";

const COMPUTED = [
  "It goes on with intermediate results as they come out, rounded: how far these are from what is meant is not bounded beforehand,",
  "but has to be judged by the numbers that it opens.",
];

function solveSection(program: Program): string[] {
  const systems = program.instructions.filter(({ op }) => op === "solve").length;
  if (systems === 0) return [];
  const flags = certificates(program).map(({ output }) => program.outputs[output].name);
  return [
    `It solves ${systems} linear ${systems === 1 ? "system" : "systems"} in secret. Whether that succeeded to the declared accuracy is`,
    `opened: ${flags.join(", ")}. Where it did not, the solutions are 0; it fails where columns nearly depend on each other.`,
  ];
}

function describeSources(columns: ReadonlySet<string>): string {
  if (columns.size === 0) return "computed from no column";
  return `computed over all rows from ${[...columns].sort().join(", ")}`;
}

/** For every value the columns that it depends on. */
function sourcesOf(program: Program): ReadonlySet<string>[] {
  const sources: ReadonlySet<string>[] = [];
  for (const instruction of program.instructions) {
    if ("column" in instruction) sources.push(new Set([instruction.column]));
    else sources.push(new Set(operandsOf(instruction).flatMap((operand) => [...sources[operand]])));
  }
  return sources;
}
