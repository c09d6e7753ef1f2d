/** What a trace has recorded: instructions, the type of each, and the values that stand for them in the author's hands. */
import { checkCarried, typeOfCarried, typeOfInstruction, type ValueType } from "./check.ts";
import { ProgramError } from "./errors.ts";
import { type Carried, type Instruction, MAX_ITERATIONS, type Program } from "./program.ts";
import type { AnyValue } from "./values.ts";

export type Declarations = Pick<Program, "columns" | "maximumRows" | "tables" | "parameters" | "privateInputs">;

/** What reads one value and says nothing else, and what reads two. */
type Unary =
  | "sum"
  | "not"
  | "number"
  | "count"
  | "minimum"
  | "maximum"
  | "prefixSum"
  | "previous"
  | "sigmoid"
  | "computed";
type Binary = "add" | "subtract" | "multiply" | "dot" | "less" | "equal" | "and" | "or" | "xor" | "smaller" | "larger";

export class Recorder {
  readonly #declarations: Declarations;
  readonly #instructions: Program["instructions"] = [];
  readonly #types: ValueType[] = [];
  readonly #values = new WeakSet<AnyValue>();
  readonly #loops: NonNullable<Program["loops"]> = [];
  /** While a loop's body is traced. */
  #inLoop = false;
  /** Values of the operations without operands, and `secret` of these: each stands in the program once, as does a presence. */
  readonly #sources = new Map<string, AnyValue>();
  readonly #calls: Error[];

  /** @param calls is filled with the stack of the call that recorded each instruction. */
  constructor(declarations: Declarations, calls: Error[]) {
    this.#declarations = declarations;
    this.#calls = calls;
  }

  /** By instruction. */
  get types(): readonly ValueType[] {
    return this.#types;
  }

  recorded(): Pick<Program, "instructions" | "loops"> {
    const instructions = [...this.#instructions];
    return this.#loops.length === 0 ? { instructions } : { instructions, loops: [...this.#loops] };
  }

  /** Records an instruction, unless the same one stands there already. */
  source<V extends AnyValue>(instruction: Instruction): V {
    const key = JSON.stringify(instruction);
    const known = this.#sources.get(key);
    if (known !== undefined) return known as V;
    const value = this.record<V>(instruction);
    this.#sources.set(key, value);
    return value;
  }

  record<V extends AnyValue>(instruction: Instruction): V {
    const index = this.#instructions.length;
    return this.#push<V>(instruction, typeOfInstruction(this.#declarations, this.#types, instruction, index));
  }

  unary<V extends AnyValue>(op: Unary, a: AnyValue): V {
    return this.record<V>({ op, a: this.reference(a) });
  }

  binary<V extends AnyValue>(op: Binary, a: AnyValue, b: AnyValue): V {
    return this.record<V>({ op, a: this.reference(a), b: this.reference(b) });
  }

  /** The index of a value's instruction. @throws ProgramError ForeignValue */
  reference(value: AnyValue): number {
    if (this.#values.has(value)) return value.index;
    throw new ProgramError("ForeignValue", "the operand was not made by this trace");
  }

  /**
   * A loop that begins with these values and goes on with what `body` gives; that of the last iteration.
   *
   * @throws ProgramError LoopNotInvariant, LoopTooLong, NestedLoop, InvalidLoop
   */
  repeat(
    count: number,
    initial: readonly AnyValue[],
    body: (carried: readonly AnyValue[]) => readonly AnyValue[],
  ): AnyValue[] {
    if (this.#inLoop) throw new ProgramError("NestedLoop", "a loop stands within another; unroll the inner one");
    if (!Number.isSafeInteger(count) || count < 1 || count > MAX_ITERATIONS) {
      throw new ProgramError("LoopTooLong", `${count} iterations: 1 to ${MAX_ITERATIONS} are possible`);
    }
    if (initial.length === 0) throw new ProgramError("InvalidLoop", "the loop carries nothing on");
    const from = this.#instructions.length;
    const head = initial.map((value): [Carried, AnyValue] => {
      const reference = this.reference(value);
      const step: Carried = { op: "carried", initial: reference, next: reference };
      return [step, this.#push(step, typeOfCarried(this.#types[reference], reference, this.#instructions.length))];
    });
    this.#inLoop = true;
    const given = body(head.map(([, value]) => value));
    this.#inLoop = false;
    if (given.length !== head.length) {
      const message = `the loop begins with ${head.length} values and goes on with ${given.length}`;
      throw new ProgramError("LoopNotInvariant", message);
    }
    for (const [position, [step]] of head.entries()) {
      step.next = this.reference(given[position]);
      checkCarried(step, from + position, this.#types);
    }
    this.#loops.push({ from, to: this.#instructions.length, count });
    return [...given];
  }

  /** Check: what is opened is opened once. */
  checkOutside(what: string): void {
    if (this.#inLoop)
      throw new ProgramError("OutputInLoop", `${what}: nothing is opened in a loop; open what it gives`);
  }

  #push<V extends AnyValue>(step: Instruction | Carried, type: ValueType): V {
    const index = this.#instructions.length;
    this.#instructions.push(step);
    this.#calls.push(new Error("recorded here"));
    this.#types.push(type);
    const secrecy = type.secret ? "secret" : "public";
    const shape = type.table === undefined ? type.shape : `column of ${type.table}`;
    const value = { ...type, shape, secrecy, index } as unknown as V;
    this.#values.add(value);
    return value;
  }
}
