/**
 * Loops: a run of instructions, the body, that is run a public number of times. At its head stand the values that it carries on (`carried`), a phi each, as in
 * SSA elsewhere (Cytron et al., *Efficiently Computing Static Single Assignment Form*, 1991); after the loop a value of the body is that of the last iteration.
 *
 * What loops mean is said once, in `walk`. The analysis walks and so has the real bounds of every iteration; everyone else reads the program without its loops
 * (`unrolled`), in which iterations that do not wait for each other share rounds. What does not hang on a carried value is the same in every
 * iteration, and is run in the first alone.
 *
 * @example
 * unrolled(logisticRegression).program.instructions.length; // what a run comes to
 */
import { ProgramError } from "./errors.ts";
import { operandsOf, withOperands } from "./operands.ts";
import type { Carried, FlatProgram, Instruction, Program } from "./program.ts";

/** Most instructions that a program may come to, its loops run. */
export const MAX_UNROLLED = 16_384;

type Steps = Pick<Program, "instructions" | "loops">;
type Loop = NonNullable<Program["loops"]>[number];

/** Check: loops stand in order, none in another; what they carry stands at their head and there alone; together they are not too long. */
export function checkLoops({ instructions, loops = [] }: Steps): void {
  let length = instructions.length;
  loops.forEach(({ from, to, count }, index) => {
    const invalid = (message: string) => new ProgramError("InvalidLoop", `loop ${index}: ${message}`);
    if (to <= from || to > instructions.length) {
      throw invalid(`there are no instructions ${from} to before ${to} among ${instructions.length}`);
    }
    const previous = loops[index - 1];
    if (previous !== undefined && from < previous.to) {
      const nested = from >= previous.from && to <= previous.to;
      if (nested) throw new ProgramError("NestedLoop", `loop ${index} stands within another`);
      throw invalid("it does not stand after the loop before it");
    }
    if (instructions[from].op !== "carried") throw invalid("it carries nothing on");
    for (const { initial, next } of headOf(instructions, from, to)) {
      if (initial < from && next < to) continue;
      const message = `loop ${index}: it begins with value ${initial} and goes on with value ${next}; instructions ${from} to before ${to} are its body`;
      throw new ProgramError("ForwardReference", message, from);
    }
    length += (count - 1) * (to - from);
    if (length <= MAX_UNROLLED) return;
    const message = `loop ${index}: with its ${count} iterations of ${to - from} instructions the program comes to ${length}; the most is ${MAX_UNROLLED}`;
    throw new ProgramError("LoopTooLong", message, from);
  });
  const heads = new Set(
    loops.flatMap(({ from, to }) => headOf(instructions, from, to).map((_, position) => from + position)),
  );
  const stray = instructions.findIndex(({ op }, index) => op === "carried" && !heads.has(index));
  if (stray < 0) return;
  throw new ProgramError("InvalidLoop", `instruction ${stray} (carried): it stands at the head of no loop`, stray);
}

function headOf(instructions: Program["instructions"], from: number, to: number): Carried[] {
  const head: Carried[] = [];
  for (let index = from; index < to; index++) {
    const step = instructions[index];
    if (step.op !== "carried") break;
    head.push(step);
  }
  return head;
}

/**
 * Runs the instructions in the order in which they are run, those of a body once for each iteration.
 *
 * @param run gives the value of an instruction; `values[k]` is what value k is at that time. `iteration` counts from 0; undefined outside loops.
 * @returns what every value is at the end.
 */
export function walk<V>(
  { instructions, loops = [] }: Steps,
  run: (instruction: Instruction, index: number, values: readonly V[], iteration?: number) => V,
): V[] {
  const values: V[] = [];
  const step = (index: number, iteration?: number) => {
    const instruction = instructions[index];
    if (instruction.op !== "carried") values[index] = run(instruction, index, values, iteration);
  };
  let done = 0;
  for (const loop of loops) {
    for (; done < loop.from; done++) step(done);
    const varying = varyingIn(instructions, loop);
    const head = headOf(instructions, loop.from, loop.to);
    for (let iteration = 0; iteration < loop.count; iteration++) {
      // All at once: what is carried may go on as another carried value.
      const carried = head.map(({ initial, next }) => values[iteration === 0 ? initial : next]);
      for (const [position, value] of carried.entries()) values[loop.from + position] = value;
      for (let index = loop.from + head.length; index < loop.to; index++) {
        if (iteration === 0 || varying.has(index)) step(index, iteration);
      }
    }
    done = loop.to;
  }
  for (; done < instructions.length; done++) step(done);
  return values;
}

/** Values of a body that hang on what it carries. */
function varyingIn(instructions: Program["instructions"], { from, to }: Loop): ReadonlySet<number> {
  const varying = new Set<number>();
  for (let index = from; index < to; index++) {
    const step = instructions[index];
    if (step.op === "carried" || operandsOf(step).some((operand) => varying.has(operand))) varying.add(index);
  }
  return varying;
}

export interface Unrolled {
  readonly program: FlatProgram;
  /** By instruction: which of the program with loops it is. */
  readonly origins: readonly number[];
}

/** The same program without loops; its instructions are those that `walk` runs, in that order. */
export function unrolled({ loops, ...program }: Program): Unrolled {
  const instructions: Instruction[] = [];
  const origins: number[] = [];
  const places = walk<number>({ instructions: program.instructions, loops }, (instruction, index, values) => {
    origins.push(index);
    return instructions.push(withOperands(instruction, (operand) => values[operand])) - 1;
  });
  const outputs = program.outputs.map((output) => ({ ...output, value: places[output.value] }));
  const flat = { ...program, instructions, outputs };
  if (program.protection === undefined) return { program: flat, origins };
  const groups = program.protection.groups.map((group) => ({ ...group, member: places[group.member] }));
  return { program: { ...flat, protection: { ...program.protection, groups } }, origins };
}
