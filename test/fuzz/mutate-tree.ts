/** Mutations of a program as a JSON value, written back in whatever way; they know what JSON is, and what programs are made of. */
import { instructionSchema } from "@sharebridge/algorithms/language/program.ts";
import type { Random } from "./random.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** Where in a value: names and indices from the top. */
type Path = readonly (string | number)[];

/** How a mutated value is written: with members in the order of the encoding, but for new ones; or some of them backwards. */
const WRITERS: readonly ((value: Json, random: Random) => string)[] = [
  (value) => JSON.stringify(value),
  (value) => JSON.stringify(value),
  (value, random) =>
    JSON.stringify(value, (_, each: Json) => (isObject(each) && random.below(4) === 0 ? backwards(each) : each)),
];

function backwards(value: { readonly [name: string]: Json }): Json {
  return Object.fromEntries(Object.entries(value).reverse());
}

const PROTOTYPE_NAMES = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "prototype",
  "valueOf",
  "__defineGetter__",
];
const WRONG_VALUES: readonly Json[] = [
  null,
  true,
  false,
  0,
  -1,
  1,
  2,
  15,
  16,
  40,
  61,
  62,
  63,
  255,
  4_095,
  4_096,
  65_536,
  2 ** 53,
  "",
  "0",
  "-0",
  "x",
  [],
  {},
  [[]],
];
/** Every kind of instruction that there is, what heads a loop, and one that there is not. */
const OPERATIONS = [...instructionSchema.options.map(({ shape }) => shape.op.value), "carried", "eval"];

/** A path to some value: a walk from the top that stops by chance, or where there is nothing below. */
function somewhere(value: Json, random: Random, stops: (value: Json) => boolean = () => random.below(4) === 0): Path {
  const path: (string | number)[] = [];
  let at = value;
  while (typeof at === "object" && at !== null) {
    const keys = Object.keys(at);
    if (keys.length === 0 || (path.length > 0 && stops(at))) break;
    const key = random.pick(keys);
    path.push(Array.isArray(at) ? Number(key) : key);
    at = (at as { readonly [name: string]: Json })[key]!;
  }
  return path;
}

function valueAt(value: Json, path: Path): Json {
  return path.reduce<Json>((at, key) => (at as { readonly [name: string]: Json })[key]!, value);
}

/** A copy with what is at the path changed; `undefined` takes it out. */
function changed(value: Json, [key, ...rest]: Path, change: (old: Json) => Json | undefined): Json | undefined {
  if (key === undefined) return change(value);
  if (Array.isArray(value)) {
    const inner = changed(value[key as number]!, rest, change);
    return inner === undefined ? value.toSpliced(key as number, 1) : value.with(key as number, inner);
  }
  const members = value as { readonly [name: string]: Json };
  const inner = changed(members[key]!, rest, change);
  if (inner !== undefined) return { ...members, [key]: inner };
  const { [key]: _, ...others } = members;
  return others;
}

type TreeMutation = (program: Json, random: Random, other: Json) => Json | undefined;

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
const isObject = (value: Json): value is { readonly [name: string]: Json } =>
  typeof value === "object" && value !== null && !isList(value);

/** Applies the change to some array, object or leaf. */
function atSome(
  program: Json,
  random: Random,
  wanted: (value: Json) => boolean,
  change: (old: Json) => Json | undefined,
) {
  for (let attempt = 0; attempt < 8; attempt++) {
    const path = somewhere(program, random, (value) => wanted(value) && random.below(2) === 0);
    if (wanted(valueAt(program, path))) return changed(program, path, change);
  }
  return program;
}

const isLeaf = (value: Json) => typeof value !== "object" || value === null;

export const treeMutations: Readonly<Record<string, TreeMutation>> = {
  "another order": (program) => program,
  "value taken out": (program, random) => changed(program, somewhere(program, random), () => undefined),
  "value of another kind": (program, random) =>
    changed(program, somewhere(program, random), () => random.pick(WRONG_VALUES)),
  "whole number nearby": (program, random) =>
    atSome(
      program,
      random,
      (value) => typeof value === "number",
      (old) => (old as number) + random.pick([-1, 1, 2, 1_000]),
    ),
  "decimal text nearby": (program, random) =>
    atSome(
      program,
      random,
      (value) => typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value),
      (old) => random.pick([`${old}0`, `-${old}`, `0${old}`, `${old}.0`, String(old).slice(1), "9223372036854775808"]),
    ),
  "text changed": (program, random) =>
    atSome(
      program,
      random,
      (value) => typeof value === "string",
      (old) => random.pick([`${old}x`, `${old} `, "", "a".repeat(1_001)]),
    ),
  "another operation": (program, random) =>
    atSome(
      program,
      random,
      (value) => isObject(value) && "op" in value,
      (old) => ({ ...(old as object), op: random.pick(OPERATIONS) }),
    ),
  "unknown member": (program, random) =>
    atSome(program, random, isObject, (old) =>
      // Built by entries: assigning to __proto__ would set the prototype.
      Object.fromEntries([...Object.entries(old as object), [random.pick(["x", "", "A", ...PROTOTYPE_NAMES]), 0]]),
    ),
  "name of Object's own": (program, random) =>
    atSome(
      program,
      random,
      (value) => typeof value === "string",
      () => random.pick(PROTOTYPE_NAMES),
    ),
  "element again": (program, random) =>
    atSome(program, random, isList, (old) => {
      const list = old as readonly Json[];
      return list.length === 0 ? list : list.toSpliced(random.below(list.length), 0, random.pick(list));
    }),
  "element moved": (program, random) =>
    atSome(program, random, isList, (old) => {
      const list = old as readonly Json[];
      if (list.length === 0) return list;
      const from = random.below(list.length);
      return list.toSpliced(from, 1).toSpliced(random.below(list.length), 0, list[from]!);
    }),
  "huge array": (program, random) =>
    atSome(program, random, isList, (old) => {
      const list = old as readonly Json[];
      const length = random.pick([257, 1_025, 4_097, 20_000]);
      return Array.from({ length }, (_, index) => list[index % Math.max(1, list.length)] ?? 0);
    }),
  "deep expression": (program, random) =>
    atSome(
      program,
      random,
      (value) => isObject(value) && ("output" in value || "rows" in value || "number" in value),
      (old) => {
        const depth = random.pick([1, 2, 28, 31, 32, 33, 200]);
        return Array.from({ length: depth }).reduce<Json>((inner) => ({ squareRoot: [inner] }), old);
      },
    ),
  "piece of another program": (program, random, other) => {
    const path = somewhere(other, random);
    const last = path.at(-1);
    return changed(program, somewhere(program, random), () => (last === undefined ? other : valueAt(other, path)));
  },
  "leaf of the same program": (program, random) => {
    const leaf = valueAt(program, somewhere(program, random, isLeaf));
    return atSome(program, random, isLeaf, () => leaf);
  },
};

export function mutateTree(name: string, program: Json, random: Random, other: Json): Uint8Array {
  const mutated = treeMutations[name]!(program, random, other) ?? null;
  return new TextEncoder().encode(random.pick(WRITERS)(mutated, random));
}
