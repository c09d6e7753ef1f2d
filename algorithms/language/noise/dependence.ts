/**
 * How a value hangs on the rows of the tables, as far as it is proven. Only two forms can be noised in the end:
 *
 * - a column whose row r is a function of row r of the tables and of public values, always the same one;
 * - a scalar that is a public number and a sum over the rows of such a function: Σ_r g(row r).
 *
 * Of g an interval is known that it never leaves, in words. So if one row becomes another one, the scalar changes by at most the interval's
 * width, whatever the other rows are. Everything is about words, as the nodes compute them and exactly: between the words of a
 * table and such a scalar nothing is rounded, so there is no numerical error by which two answers could differ (PROTOCOL 17), and two attempts at a
 * request have the same words (PROTOCOL 8). Truncations and fixed-point functions round by chance; they belong after the noise.
 */
import { at, type Checked } from "../check.ts";
import { isMembership } from "../groups.ts";
import { add, type Interval, multiply, square, subtract } from "../interval.ts";
import { operandsOf } from "../operands.ts";
import type { Instruction } from "../program.ts";

/** What one row adds to a scalar: a word of this interval, whatever the row and the parameters; 0 where bit `member` is 0. */
export interface Contribution {
  readonly words: Interval;
  readonly member: number | undefined;
}

export type Dependence =
  | { readonly form: "public" }
  /** Row by row; 0 where bit `member` is 0. */
  | { readonly form: "column"; readonly member: number | undefined }
  | { readonly form: "sum"; readonly contribution: Contribution }
  | { readonly form: "unproven"; readonly code: "RoundedBeforeNoise" | "UnprovenSensitivity"; readonly reason: string };

interface Known extends Pick<Checked, "program" | "types" | "origins"> {
  /** Of the instructions before. */
  readonly values: readonly { readonly words: Interval }[];
  readonly dependences: readonly Dependence[];
}

const PUBLIC: Dependence = { form: "public" };

/** @param index of the program without its loops */
export function dependenceOf(index: number, known: Known): Dependence {
  const { program, types, origins, values, dependences } = known;
  const instruction = program.instructions[index];
  const where = at(origins[index], instruction);
  const operands = operandsOf(instruction).map((operand) => dependences[operand]);
  const unproven = (reason: string): Dependence => ({
    form: "unproven",
    code: "UnprovenSensitivity",
    reason: `${where}${reason}`,
  });
  const before = operands.find(({ form }) => form === "unproven");
  if (before !== undefined) return before;
  const sumOf = (operand: number, words: Interval, member = memberOf(dependences[operand])): Dependence => ({
    form: "sum",
    contribution: { words, member },
  });
  switch (instruction.op) {
    case "parameter":
    case "constant":
    case "rows":
      return PUBLIC;
    case "input":
    case "encoded":
    case "present":
    case "inputOr":
    case "encodedOr":
    case "less":
    case "equal":
    case "and":
    case "or":
    case "xor":
    case "not":
    case "number":
    case "add":
    case "subtract":
    case "multiply":
    case "select":
    case "smaller":
    case "larger":
      if (!types[index].secret) return PUBLIC;
      if (types[index].shape === "scalar") return combination(instruction, known) ?? unproven("is not linear in sums");
      if (operands.some(({ form }) => form === "sum")) return unproven("its rows hang on a sum over other rows");
      return { form: "column", member: columnMember(instruction, index, known) };
    case "computed":
    case "secret":
      return operands[0];
    case "sum":
      return sumOf(instruction.a, values[instruction.a].words);
    case "count":
      return sumOf(instruction.a, { minimum: 0n, maximum: 1n });
    case "dot": {
      const { a, b } = instruction;
      const words = a === b ? square(values[a].words) : multiply(values[a].words, values[b].words);
      return sumOf(a, words, memberOf(dependences[a]) ?? memberOf(dependences[b]));
    }
    case "truncate":
    case "divide":
    case "squareRoot":
    case "exponential":
    case "logarithm":
    case "sigmoid":
      if (!types[index].secret) return PUBLIC;
      return {
        form: "unproven",
        code: "RoundedBeforeNoise",
        reason: `${where}rounds by chance, so two attempts at a request would show two roundings under the same noise`,
      };
    case "laplace":
    case "gaussian":
    case "noised":
      return unproven("has noise already");
    default:
      return unproven("one row may change it by more than is known, for it hangs on other rows too");
  }
}

const memberOf = (dependence: Dependence) => (dependence.form === "column" ? dependence.member : undefined);

/** A scalar of sums and public numbers, by addition and public factors. */
function combination(instruction: Instruction, { values, dependences }: Known): Dependence | undefined {
  if (instruction.op !== "add" && instruction.op !== "subtract" && instruction.op !== "multiply") return undefined;
  const [left, right] = [instruction.a, instruction.b].map((operand) => {
    const dependence = dependences[operand];
    return dependence.form === "sum" ? dependence.contribution : undefined;
  });
  if (instruction.op === "multiply") {
    const [one, factor] = left === undefined ? [right, instruction.a] : [left, instruction.b];
    if (one === undefined || dependences[factor].form !== "public") return undefined;
    // Of one public factor: both words lie in this hull, so they differ by at most its width.
    return { form: "sum", contribution: { ...one, words: multiply(one.words, values[factor].words) } };
  }
  const nothing: Interval = { minimum: 0n, maximum: 0n };
  const combine = instruction.op === "add" ? add : subtract;
  const words = combine(left?.words ?? nothing, right?.words ?? nothing);
  const members = [left, right].flatMap((each) => (each === undefined ? [] : [each.member]));
  const member = members.every((each) => each === members[0]) ? members[0] : undefined;
  return { form: "sum", contribution: { words, member } };
}

/** Bits are their own members, numbers of bits and products with them are 0 where these are. */
function columnMember(instruction: Instruction, index: number, { program, dependences }: Known): number | undefined {
  if (instruction.op === "number") return memberOf(dependences[instruction.a]);
  if (instruction.op === "multiply")
    return memberOf(dependences[instruction.a]) ?? memberOf(dependences[instruction.b]);
  return isMembership(program, index) ? index : undefined;
}
