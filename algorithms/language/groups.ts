/**
 * Protected groups: what is proven about them before anything runs, and why what is opened gives no small group away.
 *
 * **Rule.** Cells are the declared groups and the rest: the rows that are in none of them. In a run a group *fails* if, without the buyer's own
 * rows, it has fewer rows than the minimum, or rows of fewer sellers, or more than the declared part of them from one seller; the rest
 * fails if it has rows, but fewer than the minimum or of fewer sellers. A group that fails is suppressed: nodes multiply its outputs by 0 before they
 * are opened. If any cell fails, the first group that does not is suppressed as well. Whether each group is opened is opened.
 *
 * **Proven here**, or the program is refused: groups are pairwise disjoint; every output is a figure of one group, a linear combination, with
 * coefficients that are the buyer's to choose (public, or made of the buyer's private inputs alone), of sums over exactly the rows of the group of
 * something that decides nothing itself (arithmetic on number columns). If an optional
 * column takes part in what is summed, then being in the group must imply that the row has a value: rows in which it is missing would all add one
 * public word, and what is left would be a figure of the others, however few.
 *
 * **Private inputs.** Σ_i p(x_i) for a polynomial p with private coefficients is the sum of its coefficients times Σ_i of monomials that the text
 * of the program shows: a linear combination as above. Truncated row by row it is not: with large weights the bits that are left say on which
 * side of a private threshold a row is. So a row's value that private inputs take part in is not truncated. A group whose member compares with
 * a private threshold is a group like any other: large enough, or suppressed.
 *
 * **What that gives.** A reader knows the figures of opened groups and the number n of all rows (and what the buyer's own rows are). Let a
 * linear combination of these be a figure of some set of rows G, whatever the data: a sum over G with one weight for all of its rows. In
 * the combination every row of one opened group has the same weight, for sums over a group give all of its rows one. All rows outside the
 * opened groups have one weight too: that of n. So G is a union of opened groups, or one with all that is not opened. An opened group has not failed. If
 * something is opened, and what is not opened has a row at all, either no cell has failed, and then what is not opened is the rest, with rows enough of
 * sellers enough; or one has, and then the first group that has not is among what is not opened. Either way G has the minimum of rows and of sellers, the
 * buyer's own not counted. If nothing is opened, G is all rows. ∎
 *
 * **Several tables.** Groups are rows of the main table; what is looked up in a further one is of other sellers, and the cohort must be one there too.
 * By `matched-groups.ts` the rows of a group have partners, different ones, and disjoint groups disjoint sets of them: by a match, a group is as well a
 * set of rows of the further table. The rule is held against the further table's rows, sellers, dominance and buyer in the same way: a group fails if it fails in
 * the main table or in one of the further ones that groups depend on, and so does the rest, which in a further table are its rows that are partners of no
 * group's. What was said of n holds of the further table's number of rows, which is public as well; a sum over the group is a sum over exactly its rows there. So the
 * proof can be read a second time, of sets G of rows of the further table. A match that is not `once`, or groups with rows that have no partner, would break it: five rows of the
 * main table could be one of the other, or none. What a further table's columns are summed to without a match is a figure of no group.
 *
 * Two families of groups (by sex and by occupation) would break the argument: a combination could separate where they cross. Declare the crossings,
 * of which margins are sums. Not covered: bounds (a suppressed count is below the minimum, and at most what is left over), what several requests
 * tell together, sellers who are the buyer under another name, and what is summed being itself a selection though nothing in it compares (a number column
 * that is 0 or 1, a truncation down to a bit): the text of the program shows that.
 */
import { ProgramError } from "./errors.ts";
import { larger, smaller } from "./interval.ts";
import { checkMatches, dependsOnWholeTables } from "./matched-groups.ts";
import { isSubstituted, presenceIn } from "./missing.ts";
import { derivedFrom, operandsOf } from "./operands.ts";
import type { FlatProgram, Instruction, Program } from "./program.ts";
import { declaredColumn, inputName } from "./tables.ts";

type Instructions = Pick<FlatProgram, "instructions" | "columns" | "tables">;

/** What holds in every row of a group: of values an interval, of bits a sign. */
interface Condition {
  readonly intervals: Map<string, { minimum: bigint | null; maximum: bigint | null }>;
  /** Which bits are known to be 1, and which 0: instruction k is known to be so if the k-th binary digit is. */
  held: bigint;
  denied: bigint;
}

/**
 * @param types only whether a value is a secret column matters, of which kind, and of which table
 * @param origins what values are called, by index
 */
export function checkProtection(
  program: FlatProgram,
  types: readonly {
    readonly kind: string;
    readonly shape: string;
    readonly secret: boolean;
    readonly table?: string;
    readonly partners?: string;
  }[],
  origins: readonly number[],
): void {
  const { protection, outputs, instructions } = program;
  for (const { name, group } of outputs) {
    if (protection === undefined && group === undefined) continue;
    if (group === undefined) {
      throw new ProgramError(
        "OutputWithoutGroup",
        `output ${name}: in a program with protected groups each output is a figure of one of them`,
      );
    }
    if (protection?.groups.some((each) => each.name === group)) continue;
    throw new ProgramError("UndeclaredGroup", `output ${name}: there is no group ${group}`);
  }
  if (protection === undefined) return;
  const moved = derivedFrom(program, ({ op }) => MOVES_ROWS.has(op));
  const whole = dependsOnWholeTables(program, types);
  const conditions = protection.groups.map(({ name, member }) => {
    const type = types[member];
    if (moved[member]) {
      const message = `group ${name}: value ${origins[member]} depends on arranged, previous or summed rows, which do not stand where their sellers' rows do`;
      throw new ProgramError("NotAGroup", message);
    }
    if (type.table !== undefined || whole[member]) {
      const message = `group ${name}: value ${origins[member]} is of table ${type.table}, or depends on all of a further table; groups are rows of the main table, and may look up what their partners have`;
      throw new ProgramError("NotAGroup", message);
    }
    if (type.secret && type.shape === "column" && isMembership(program, member)) return conditionOf(program, member);
    throw new ProgramError(
      "NotAGroup",
      `group ${name}: value ${origins[member]} is no column of bits, nor of a number that is always 0 or 1`,
    );
  });
  conditions.forEach((condition, index) => {
    const other = conditions.findIndex((each, before) => before < index && !areDisjoint(each, condition));
    if (other < 0) return;
    const [first, second] = [protection.groups[other].name, protection.groups[index].name];
    throw new ProgramError("GroupsOverlap", `groups ${first} and ${second} are not proven to have no row in common`);
  });
  checkMatches(program, types, origins, (group, bit) => ((conditions[group].held >> BigInt(bit)) & 1n) === 1n);
  const figures = figuresOf(
    program,
    types,
    protection.groups.map(({ member }) => member),
  );
  const substituted = substitutedIn(program);
  const implied = conditions.map((condition) => impliedPresences(program, condition));
  for (const { name, value, group } of outputs) {
    const index = protection.groups.findIndex((each) => each.name === group);
    if (figures[value] === protection.groups[index].member) {
      const [missing] = [...substituted[value]].flatMap(([column, presence]) =>
        implied[index].has(presence) ? [] : [column],
      );
      if (missing === undefined) continue;
      throw new ProgramError(
        "PresenceNotImplied",
        `output ${name}: it sums ${missing}, which rows of group ${group} may lack; let its member imply that they do not (\`and\` with \`present\`)`,
      );
    }
    const message = `output ${name}: value ${origins[value]} (${instructions[value].op}) is not proven to be a sum over exactly the rows of group ${group}`;
    throw new ProgramError("OutputOutsideGroup", message);
  }
}

/** By output: the index of its group. Of a program without protection undefined. */
export function groupIndices({ protection, outputs }: Pick<Program, "protection" | "outputs">): (number | undefined)[] {
  return outputs.map(({ group }) => {
    const index = protection?.groups.findIndex(({ name }) => name === group) ?? -1;
    return index < 0 ? undefined : index;
  });
}

/** Words of an answer: the outputs; for each protected group whether it is opened; if there are several tables, how many rows each has. */
export function answerLength({
  protection,
  outputs,
  tables,
}: Pick<Program, "protection" | "outputs" | "tables">): number {
  return outputs.length + (protection?.groups.length ?? 0) + (tables === undefined ? 0 : 1 + tables.length);
}

/** A row of what hangs on these says something of another row, maybe of another seller, than the one that stands there in the pool. */
const MOVES_ROWS = new Set<string>(["arrange", "previous", "prefixSum"]);

const BIT_OPERATIONS = new Set<string>(["less", "equal", "and", "or", "xor", "not", "matched"]);

/** Whether a value is a bit, or a number that is always 0 or 1. */
export function isMembership(program: Instructions, index: number): boolean {
  const instruction = program.instructions[index];
  if (BIT_OPERATIONS.has(instruction.op) || instruction.op === "number") return true;
  return categoryOf(program, index) !== undefined;
}

/** Of a number that says by 0 or 1 whether a row is of one of two categories, or has a value: which stored column has which word then. */
function categoryOf(program: Instructions, index: number): { value: string; word: bigint } | undefined {
  const instruction = program.instructions[index];
  if (instruction.op === "present") return { value: nameOf(program, index), word: 1n };
  if (instruction.op === "input" || instruction.op === "encoded") {
    const column = declaredColumn(program, instruction);
    return column.kind === "category" && column.categories.length <= 2
      ? { value: nameOf(program, index), word: 1n }
      : undefined;
  }
  if (instruction.op !== "subtract" || constantOf(program, instruction.a) !== 1n) return undefined;
  // One minus a number that is itself a difference is not looked into: such chains may be long.
  if (program.instructions[instruction.b].op === "subtract") return undefined;
  const other = categoryOf(program, instruction.b);
  return other?.word === 1n ? { value: other.value, word: 0n } : undefined;
}

function conditionOf(program: Instructions, index: number): Condition {
  const condition: Condition = { intervals: new Map(), held: 0n, denied: 0n };
  const category = categoryOf(program, index);
  if (category === undefined) require(program, condition, index, true);
  else narrow(condition, category.value, category.word, category.word);
  return condition;
}

/**
 * Adds to `condition` what follows from bit `index` having this sign. A list of what is left to do, for chains of bits may be as long as programs
 * with their loops run.
 */
function require(program: Instructions, condition: Condition, index: number, sign: boolean): void {
  const known = { held: new Set<number>(), denied: new Set<number>() };
  const pending = [{ index, sign }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { index, sign } = next;
    const instruction = program.instructions[index];
    if (instruction.op === "number" || instruction.op === "not") {
      pending.push({ index: instruction.a, sign: instruction.op === "not" ? !sign : sign });
      continue;
    }
    const alike = sign ? known.held : known.denied;
    if (alike.has(index)) continue;
    alike.add(index);
    if ((instruction.op === "and" && sign) || (instruction.op === "or" && !sign)) {
      pending.push({ index: instruction.a, sign }, { index: instruction.b, sign });
    }
    if (instruction.op === "xor" && sign) {
      const bin = binOf(program, instruction);
      if (bin !== undefined) narrow(condition, bin.value, bin.minimum, bin.maximum);
    }
    if (instruction.op !== "less" && instruction.op !== "equal") continue;
    const bound = constantOf(program, instruction.b);
    if (bound === undefined) continue;
    const value = nameOf(program, instruction.a);
    if (instruction.op === "equal" && sign) narrow(condition, value, bound, bound);
    if (instruction.op === "less") narrow(condition, value, sign ? null : bound, sign ? bound - 1n : null);
  }
  condition.held = digitsOf(known.held, program.instructions.length);
  condition.denied = digitsOf(known.denied, program.instructions.length);
}

/** The number of so many binary digits of which these are 1. */
function digitsOf(positions: ReadonlySet<number>, length: number): bigint {
  const digits = Array.from({ length }, (_, place) => (positions.has(length - 1 - place) ? "1" : "0"));
  return BigInt(`0b${digits.join("")}`);
}

/** x < a xor x < b: x from the lower to below the upper. */
function binOf(program: Instructions, { a, b }: { a: number; b: number }) {
  const [first, second] = [program.instructions[a], program.instructions[b]];
  if (first.op !== "less" || second.op !== "less") return undefined;
  const [x, y] = [constantOf(program, first.b), constantOf(program, second.b)];
  const value = nameOf(program, first.a);
  if (x === undefined || y === undefined || value !== nameOf(program, second.a)) return undefined;
  return { value, minimum: smaller(x, y), maximum: larger(x, y) - 1n };
}

function narrow(condition: Condition, value: string, minimum: bigint | null, maximum: bigint | null): void {
  const known = condition.intervals.get(value) ?? { minimum: null, maximum: null };
  const least = known.minimum === null || (minimum !== null && minimum > known.minimum) ? minimum : known.minimum;
  const most = known.maximum === null || (maximum !== null && maximum < known.maximum) ? maximum : known.maximum;
  condition.intervals.set(value, { minimum: least, maximum: most });
}

function areDisjoint(a: Condition, b: Condition): boolean {
  for (const [value, one] of a.intervals) {
    const other = b.intervals.get(value);
    if (other === undefined) continue;
    if (one.minimum !== null && other.maximum !== null && one.minimum > other.maximum) return true;
    if (other.minimum !== null && one.maximum !== null && other.minimum > one.maximum) return true;
  }
  return ((a.held & b.denied) | (a.denied & b.held)) !== 0n;
}

/** Whether two members, by index, are proven to have no row in common. */
export function conditionsOf(program: Instructions): (a: number, b: number) => boolean {
  const conditions = new Map<number, Condition>();
  const of = (member: number): Condition => {
    const condition = conditions.get(member) ?? conditionOf(program, member);
    conditions.set(member, condition);
    return condition;
  };
  return (a, b) => areDisjoint(of(a), of(b));
}

/** The same for two instructions that give the same words, and for no others. */
function nameOf(program: Instructions, index: number): string {
  const instruction = program.instructions[index];
  if (instruction.op === "input" || instruction.op === "encoded") return `column ${inputName(instruction)}`;
  if (instruction.op === "present") return `column ${presenceIn(program, instruction)}`;
  return isSubstituted(instruction) ? `column ${inputName(instruction)} or ${instruction.word}` : `value ${index}`;
}

/** The presences of which a row has the value 1 if the condition holds: it says so, or it excludes what stands in for a missing value. */
function impliedPresences(program: Instructions, { intervals }: Condition): ReadonlySet<string> {
  const implied = new Set<string>();
  program.instructions.forEach((instruction, index) => {
    if (instruction.op !== "present" && !isSubstituted(instruction)) return;
    const { minimum = null, maximum = null } = intervals.get(nameOf(program, index)) ?? {};
    const absent = instruction.op === "present" ? 0n : BigInt(instruction.word);
    const excluded = (minimum !== null && minimum > absent) || (maximum !== null && maximum < absent);
    if (excluded) implied.add(presenceIn(program, instruction));
  });
  return implied;
}

/**
 * By value: the optional columns, with their presences, whose substitutes it may contain, as they are or in sums and products. Bits contain
 * nothing.
 */
function substitutedIn(program: Instructions): ReadonlyMap<string, string>[] {
  const found: ReadonlyMap<string, string>[] = [];
  for (const instruction of program.instructions) {
    if (isSubstituted(instruction)) found.push(new Map([[inputName(instruction), presenceIn(program, instruction)]]));
    else if (BIT_OPERATIONS.has(instruction.op)) found.push(new Map());
    else found.push(new Map(operandsOf(instruction).flatMap((operand) => [...found[operand]])));
  }
  return found;
}

function constantOf({ instructions }: Instructions, index: number): bigint | undefined {
  const instruction = instructions[index];
  return instruction.op === "constant" ? BigInt(instruction.word) : undefined;
}

/**
 * By value: the member (its index) of the group that a scalar is a figure of, a linear combination of sums over exactly its rows. One pass over the
 * instructions: the same value may be read by many.
 */
function figuresOf(
  program: Instructions,
  types: readonly { readonly secret: boolean; readonly shape: string; readonly kind: string }[],
  members: readonly number[],
): (number | undefined)[] {
  const ofRows = derivedFrom(program, (instruction) => "column" in instruction);
  const ofBuyer = derivedFrom(program, ({ op }) => op === "privateInput");
  /** The same number in every row, which the buyer knows beforehand. */
  const isCoefficient = (index: number) =>
    types[index].kind === "number" && types[index].shape === "scalar" && !ofRows[index];
  const plain: boolean[] = [];
  const filtered: (number | undefined)[] = [];
  const figures: (number | undefined)[] = [];
  /** The group that a column is the member of, or the member's bit as a number. */
  const memberAt = program.instructions.map((instruction, index) =>
    members.find((member) =>
      index === member
        ? !BIT_OPERATIONS.has(instruction.op)
        : instruction.op === "number" &&
          instruction.a === member &&
          BIT_OPERATIONS.has(program.instructions[member].op),
    ),
  );
  /** A member times what decides nothing. */
  const product = (a: number, b: number) => (plain[b] ? memberAt[a] : plain[a] ? memberAt[b] : undefined);
  const both = (a: number, b: number) => (figures[a] === figures[b] ? figures[a] : undefined);
  program.instructions.forEach((instruction, index) => {
    const isCut = instruction.op === "truncate" && ofBuyer[index];
    plain.push(isCoefficient(index) || (!isCut && decidesNothing(program, instruction, plain)));
    filtered.push(
      memberAt[index] ?? (instruction.op === "multiply" ? product(instruction.a, instruction.b) : undefined),
    );
    switch (instruction.op) {
      case "count":
        figures.push(members.find((member) => member === instruction.a || isNumberOf(program, member, instruction.a)));
        break;
      case "sum":
        figures.push(filtered[instruction.a]);
        break;
      case "dot":
        figures.push(product(instruction.a, instruction.b));
        break;
      case "add":
      case "subtract":
        figures.push(both(instruction.a, instruction.b));
        break;
      case "multiply": {
        const { a, b } = instruction;
        figures.push(isCoefficient(a) ? figures[b] : isCoefficient(b) ? figures[a] : undefined);
        break;
      }
      case "truncate":
        figures.push(figures[instruction.a]);
        break;
      default:
        figures.push(undefined);
    }
  });
  return figures;
}

function isNumberOf({ instructions }: Instructions, index: number, bit: number): boolean {
  const instruction = instructions[index];
  return instruction.op === "number" && instruction.a === bit;
}

/** Arithmetic on number columns and coefficients: neither a bit nor a category takes part, which could pick rows out of the group. */
export function decidesNothing(program: Instructions, instruction: Instruction, plain: readonly boolean[]): boolean {
  switch (instruction.op) {
    case "input":
    case "encoded":
    case "inputOr":
    case "encodedOr":
      return declaredColumn(program, instruction).kind === "number";
    case "add":
    case "subtract":
    case "multiply":
      return plain[instruction.a] && plain[instruction.b];
    case "truncate":
    case "lookUp":
      return plain[instruction.a];
    default:
      return false;
  }
}
