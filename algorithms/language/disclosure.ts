/**
 * The disclosure statement: what a program reads, what it opens and to whom, what it does not protect, in plain English
 * and from the program alone. Sellers read it before they consent, operators before they approve; its hash is stored
 * with the algorithm.
 */
import { keccak_256 } from "@noble/hashes/sha3.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { certificates } from "./certificates.ts";
import { checkFlat, type ValueType } from "./check.ts";
import { columnSections, matchSection, tablesProtection } from "./disclose-tables.ts";
import { programHash } from "./encode.ts";
import { expressionText } from "./expression.ts";
import { protectedMatches } from "./matched-groups.ts";
import { isSubstituted, substituteText } from "./missing.ts";
import { noiseSection } from "./noise/noise-section.ts";
import { noiseStatesOf } from "./noise/states.ts";
import { derivedFrom, operandsOf } from "./operands.ts";
import { describeParameter, minimumText, quote } from "./print.ts";
import { privateInputsOf } from "./private-inputs.ts";
import type { FlatProgram, Program } from "./program.ts";
import { declaredColumn, inputName, inputsOf } from "./tables.ts";

/** keccak256 of the statement's UTF-8, as 0x-hex. */
export function disclosureHash(program: Program): string {
  return `0x${bytesToHex(keccak_256(utf8ToBytes(disclosureStatement(program))))}`;
}

export function disclosureStatement(declared: Program): string {
  const { program, types } = checkFlat(declared);
  const sources = sourcesOf(program);
  const values = derivedFrom(program, ({ op }) => op === "minimum" || op === "maximum" || op === "at");
  const ordered = derivedFrom(program, ({ op }) => op === "order");
  const reveals = (value: number) => (values[value] ? REVEALS_VALUES : ordered[value] ? MAY_REVEAL_VALUES : "");
  /** What is opened of protected groups is never of a single row. */
  const isProtected = program.protection !== undefined && program.protection.minimumRows > 1;
  const states = noiseStatesOf(program);
  const exact = program.outputs.filter(({ value }) => states[value] === "raw");
  const steps =
    isProtected || exact.length === 0
      ? []
      : [...stepSection(program, types, sources), ...searchSection(program, types, sources)];
  const computed = derivedFrom(program, ({ op }) => op === "computed");
  const but = [
    ...(program.protection === undefined ? [] : ["what is said below of groups"]),
    ...(program.tables === undefined ? [] : ["how many rows each table has"]),
  ];
  const sections = [
    [`Disclosure statement of program ${program.name}`, `Id ${programHash(declared)}`],
    [`The author describes it so: ${quote(program.description)}`],
    ...columnSections(program),
    parameterSection(program),
    missingSection(program),
    privateInputSection(program, types),
    matchSection(program, types, sources),
    decisionSection(program, sources),
    solveSection(program),
    ...(program.instructions.some(({ op }) => op === "computed") ? [COMPUTED] : []),
    [
      `It opens these ${program.outputs.length} numbers and nothing else${but.length === 0 ? "" : ` but ${but.join(" and ")}`}:`,
      ...program.outputs.map(
        ({ name, value, group }) =>
          `- ${name}, ${describeSources(sources[value], group)}${states[value] === "noised" ? ", with noise" : ""}${reveals(value)}${computed[value] ? AS_COMPUTED : ""}`,
      ),
    ],
    noiseSection(declared),
    steps,
    steps.length > 0 || program.outputs.some(({ value }) => reveals(value) !== "") ? CONSENT : [],
    protectionSection(program, protectedMatches(program, types).length > 0),
    [
      "To whom: to the buyer alone if the request is sealed; to everyone, on the chain, for ever, if it is public. The",
      "buyer chooses which. In a sealed request no node, bridge or oracle sees the numbers; in either, at most one of the",
      "four nodes may be dishonest, and two that share what they hold can read all the data.",
    ],
    [
      "Whoever has the numbers can compute anything from them, for example:",
      ...program.finish.map(({ name, label, expression }) => {
        return `- ${label === undefined ? "" : `${quote(label)}, `}${name} = ${expressionText(expression)}`;
      }),
    ],
    [
      "What does not protect you:",
      ...(exact.length === 0 ? limitsOfNoise(program) : withoutNoise(program, exact)),
      "- The number of rows of each dataset, and so of the pool, is public. So are the columns' declared ranges.",
      ...(program.tables === undefined
        ? []
        : [
            "- Which table each dataset is of is public, and the number of rows of each table is opened with the numbers.",
          ]),
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

/** @param exact the outputs that no noise is added to */
function withoutNoise(program: FlatProgram, exact: Program["outputs"]): string[] {
  const which = exact.length === program.outputs.length ? "" : ` to ${exact.map(({ name }) => name).join(", ")}`;
  return [
    `- No noise is added${which}. The numbers are exact up to rounding; this is not differential privacy.`,
    ...(program.protection === undefined ? NO_MINIMUM : LIMITS_OF_MINIMUM),
    "- Two answers about pools that differ by your rows differ by what your rows contribute.",
  ];
}

function limitsOfNoise({ privacy }: FlatProgram): string[] {
  return [
    "- Noise does not hide what many rows have in common.",
    privacy?.unit === "seller"
      ? "- A seller is an address: one who sells under several is hidden under each, not under all of them together."
      : "- It hides one row at a time: that of a seller's k rows all are other ones has k times that epsilon.",
  ];
}

/** Whoever reads the chain sees public parameters; of private ones nobody knows what was asked. */
function privateInputSection(program: FlatProgram, types: readonly ValueType[]): string[] {
  const inputs = privateInputsOf(program);
  if (inputs.length === 0) return [];
  const decides = derivedFrom(program, ({ op }) => op === "privateInput").some((derived, index) => {
    const { op } = program.instructions[index];
    return derived && (COMPARES.has(op) || (CURVES.has(op) && types[index].shape === "column"));
  });
  return [
    "The buyer's own numbers, which nobody else sees: neither sellers nor nodes nor whoever reads the chain. A number outside its range is taken",
    "as the nearest end of it:",
    ...inputs.map((input) => `- ${describeParameter(input)}`),
    "So nobody but the buyer knows what a request asks; every other choice opens another set of numbers.",
    ...(decides
      ? [
          "They take part in decisions: which rows are counted or summed may be chosen by thresholds that nobody else sees. Two requests whose",
          "selections differ by one row differ by that row's values, and nobody else can tell that they do.",
        ]
      : []),
  ];
}

/** By these rows are chosen; of columns also by what is nearly flat on both sides of a threshold. */
const COMPARES = new Set<string>(["less", "equal", "select", "smaller", "larger", "minimum", "maximum", "order"]);
const CURVES = new Set<string>(["truncate", "divide", "squareRoot", "exponential", "logarithm", "sigmoid"]);

const NO_MINIMUM = [
  "- The computation enforces no minimum group. If a group that is summed over holds one row, its sums are that row's",
  "  values. Only the market's terms and your policy set a minimum number of rows, and they count the whole pool.",
];

const LIMITS_OF_MINIMUM = [
  "- Sellers are counted by address: one who sells under several counts several times.",
  "- That a group is suppressed is told, and bounds its rows. A group of the minimum size is opened exactly.",
];

function protectionSection(program: FlatProgram, matched: boolean): string[] {
  const { protection } = program;
  if (protection === undefined) return [];
  const { maximumPercent } = protection;
  const groups = protection.groups.map(({ name }) => name).join(", ");
  return [
    `Minimum group: ${minimumText(protection)}, or more if a seller's policy demands more. Rows of the buyer do not`,
    `count. It is held against each of these groups: ${groups}.`,
    "- The groups have no row in common. A group with less is suppressed: its numbers are replaced by 0 before they are opened.",
    ...(maximumPercent === 100 ? ["- A seller may have any part of a group's rows."] : []),
    "- If a group is suppressed, or the rows in no group are too few, the first group that is not is suppressed as well, so",
    "  that no sum or difference of the numbers, nor of the number of all rows, gives the figures of too small a group.",
    ...tablesProtection(program, matched),
    "- It also opens, for each group, whether it is suppressed.",
  ];
}

const REVEALS_VALUES =
  "; depends on a minimum or maximum over rows, or on the row at a position, and so reveals individual values: those of the row that has it";
const MAY_REVEAL_VALUES = "; depends on the order of rows, and so may reveal individual values";

const CONSENT = [
  "Individual values are revealed as said above, and no noise is added to them. Who consents to this program consents to that.",
];

const FEW_VALUES = [
  "Where few rows have a value, sums over all rows are sums of these few: no minimum of values is enforced.",
];

/** What stands in for missing values. */
function missingSection(program: Program): string[] {
  const optional = inputsOf(program).filter(({ column }) => column.optional);
  if (optional.length === 0) return [];
  const substitutes = program.instructions
    .filter(isSubstituted)
    .map((step) => `${inputName(step)}: ${substituteText(declaredColumn(program, step), BigInt(step.word))}`);
  return [
    `A row may have no value of ${optional.map(({ name }) => name).join(", ")}. Which rows have none is secret as well.`,
    ...(substitutes.length === 0 ? [] : ["In the place of missing values it computes with these:"]),
    ...[...new Set(substitutes)].map((text) => `- ${text}`),
    ...(substitutes.length === 0 || program.protection !== undefined ? [] : FEW_VALUES),
  ];
}

/** Number columns of all tables, as `sourcesOf` names them. */
function numbersOf(program: FlatProgram): ReadonlySet<string> {
  return new Set(inputsOf(program).flatMap(({ name, column }) => (column.kind === "number" ? [name] : [])));
}

/** Columns that rows are counted or summed along, in steps: the finer they are, the closer they tell single values. */
function stepSection(
  program: FlatProgram,
  types: readonly ValueType[],
  sources: readonly ReadonlySet<string>[],
): string[] {
  const numbers = numbersOf(program);
  const steps = new Map<string, Set<string>>();
  for (const step of program.instructions) {
    if (step.op !== "less" && step.op !== "equal") continue;
    const [a, b] = [types[step.a], types[step.b]];
    const [column, other, value] = a.secret ? [a, b, step.a] : [b, a, step.b];
    if (other.secret || column.shape !== "column" || program.instructions[value].op === "present") continue;
    for (const name of sources[value]) {
      if (!numbers.has(name)) continue;
      steps.set(name, (steps.get(name) ?? new Set()).add(JSON.stringify(step)));
    }
  }
  return [...steps]
    .filter(([, { size }]) => size > 1)
    .map(
      ([name, { size }]) =>
        `It counts or sums in steps along ${name}, at ${size} public thresholds: where a single row lies between two of them, the numbers reveal individual values, as closely as the thresholds lie.`,
    );
}

/** Columns that are compared with what hangs on comparisons itself: a bisection, which closes in on the value of a row. */
function searchSection(
  program: FlatProgram,
  types: readonly ValueType[],
  sources: readonly ReadonlySet<string>[],
): string[] {
  const decided = derivedFrom(program, ({ op }) => op === "less" || op === "equal");
  const numbers = numbersOf(program);
  const searched = new Set<string>();
  for (const step of program.instructions) {
    if (step.op !== "less" && step.op !== "equal") continue;
    for (const [rows, scalar] of [
      [step.a, step.b],
      [step.b, step.a],
    ]) {
      if (types[rows].shape !== "column" || types[scalar].shape !== "scalar" || !decided[scalar]) continue;
      for (const name of sources[rows]) if (numbers.has(name)) searched.add(name);
    }
  }
  if (searched.size === 0) return [];
  const names = [...searched].sort().join(", ");
  return [
    `It compares ${names} with numbers that it finds by comparing: it can so search for the value of a row, and what it opens may reveal individual values.`,
  ];
}

function decisionSection(program: FlatProgram, sources: readonly ReadonlySet<string>[]): string[] {
  const decides = program.instructions.some(({ op }) => op === "less" || op === "equal");
  const encoded = program.instructions.flatMap((step) => {
    const isEncoded = step.op === "encoded" || step.op === "encodedOr";
    const column = isEncoded ? declaredColumn(program, step) : undefined;
    return isEncoded && column?.kind === "number"
      ? [
          `${inputName(step)} to a ${column.fractionBits === 0 ? "whole number" : `multiple of 2^-${column.fractionBits}`}`,
        ]
      : [];
  });
  const keys = new Set(
    program.instructions
      .flatMap((step) => (step.op === "order" ? operandsOf(step) : []))
      .flatMap((key) => [...sources[key]]),
  );
  const steered = derivedFrom(program, ({ op }) => op === "parameter");
  const chosen = program.instructions.some(
    (step) =>
      (step.op === "less" || step.op === "equal" || step.op === "order" || step.op === "match") &&
      operandsOf(step).some((operand) => steered[operand]),
  );
  return [
    ...(decides
      ? ["It compares values in secret, and what it opens can count or sum over the rows that a comparison selects."]
      : []),
    ...(keys.size === 0 ? [] : [`It sorts the rows in secret, by ${[...keys].sort().join(", ")}.`]),
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

function solveSection(program: FlatProgram): string[] {
  const systems = program.instructions.filter(({ op }) => op === "solve").length;
  if (systems === 0) return [];
  const flags = certificates(program).map(({ output }) => program.outputs[output].name);
  return [
    `It solves ${systems} linear ${systems === 1 ? "system" : "systems"} in secret. Whether that succeeded to the declared accuracy is`,
    `opened: ${flags.join(", ")}. Where it did not, the solutions are 0; it fails where columns nearly depend on each other.`,
  ];
}

function describeSources(columns: ReadonlySet<string>, group: string | undefined): string {
  if (columns.size === 0) return "computed from no column";
  const rows = group === undefined ? "all rows" : `the rows of group ${group}, if it is large enough,`;
  return `computed over ${rows} from ${[...columns].sort().join(", ")}`;
}

/** For every value the columns that it depends on. */
function sourcesOf(program: FlatProgram): ReadonlySet<string>[] {
  const sources: ReadonlySet<string>[] = [];
  for (const instruction of program.instructions) {
    if ("column" in instruction) sources.push(new Set([inputName(instruction)]));
    else sources.push(new Set(operandsOf(instruction).flatMap((operand) => [...sources[operand]])));
  }
  return sources;
}
