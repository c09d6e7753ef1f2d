/** Programs over two tables, over any `Mpc`: what is matched is what a plain map gives, and protected groups are held against both tables. */
import { trace } from "@sharebridge/algorithms/language/builder.ts";
import type { Contributions } from "@sharebridge/algorithms/language/contributions.ts";
import { evaluateWords } from "@sharebridge/algorithms/language/reference.ts";
import type { Column } from "@sharebridge/algorithms/language/schema.ts";
import { expect } from "chai";
import fc from "fast-check";
import { seed } from "../support/seed.ts";
import type { MpcRunner } from "./mpc-runner.ts";
import { outputsOf } from "./program.suite.ts";

const number = (name: string, minimum: bigint, maximum: bigint): Column => ({
  ...{ name, kind: "number", fractionBits: 0, minimum: String(minimum), maximum: String(maximum) },
});
const unsigned = (words: readonly (bigint | number)[]) =>
  BigUint64Array.from(words, (word) => BigInt.asUintN(64, BigInt(word)));

/** Keys of two columns, one of them with a range that is wider on the right; a bit decides as well. */
const KEYS = [-(2n ** 62n), -1n, 0n, 7n];
const matching = trace(
  {
    name: "matching",
    description: "Everything that is told of matches.",
    columns: [number("key", KEYS[0]!, 7n), number("second", 0n, 2n), number("weight", 1n, 2n ** 20n)],
    maximumRows: 100,
    tables: [
      {
        name: "other",
        columns: [number("key", KEYS[0]!, 2n ** 62n), number("again", -5n, 2n), number("value", -1000n, 1000n)],
        maximumRows: 100,
      },
    ],
  },
  (t) => {
    const other = t.table("other");
    const weight = t.encoded("weight");
    const isOdd = t.equal(t.encoded("second"), t.constant("1", 0));
    const isOddThere = t.equal(other.encoded("again"), t.constant("1", 0));
    for (const once of [false, true]) {
      const of = once ? "_once" : "";
      const match = t[once ? "matchOnce" : "match"](
        [t.encoded("key"), t.encoded("second"), isOdd],
        [other.encoded("key"), other.encoded("again"), isOddThere],
      );
      t.output(`matched${of}`, t.dot(t.number(t.matched(match)), weight));
      t.output(`value${of}`, t.dot(t.lookUp(match, other.encoded("value")), weight));
      t.output(`sign${of}`, t.dot(t.number(t.lookUp(match, t.less(other.encoded("value"), other.rows()))), weight));
    }
    // The other way round, by one key; and within one table.
    const back = t.match(other.encoded("key"), t.encoded("key"));
    t.output("back", t.dot(t.lookUp(back, weight), other.encoded("value")));
    const own = t.match(t.encoded("second"), t.encoded("key"));
    t.output("own", t.dot(t.lookUp(own, weight), weight));
  },
);

interface Rows {
  readonly main: readonly { readonly key: number; readonly second: number }[];
  readonly other: readonly { readonly key: number; readonly second: number; readonly value: number }[];
}

const tables: fc.Arbitrary<Rows> = fc.record({
  main: fc.array(fc.record({ key: fc.nat(3), second: fc.nat(2) }), { maxLength: 20 }),
  other: fc.array(fc.record({ key: fc.nat(3), second: fc.nat(2), value: fc.integer({ min: -1000, max: 1000 }) }), {
    maxLength: 20,
  }),
});
const none: Rows = { main: [], other: [] };
const single: Rows = { main: [{ key: 0, second: 1 }], other: [{ key: 0, second: 1, value: 5 }] };

/** By definition, with plain maps. */
function expectedOutputs({ main, other }: Rows, weights: readonly bigint[]): bigint[] {
  const sum = (values: readonly (number | bigint)[]) =>
    values.reduce<bigint>((total, value, row) => total + BigInt(value) * weights[row]!, 0n);
  const last = new Map(other.map((row) => [`${row.key} ${row.second}`, row]));
  const seen = new Set<string>();
  const partners = main.map(({ key, second }) => last.get(`${key} ${second}`));
  const firsts = main.map(({ key, second }, row) => {
    const text = `${key} ${second}`;
    if (seen.has(text)) return undefined;
    seen.add(text);
    return partners[row];
  });
  const told = [partners, firsts].flatMap((found) => [
    sum(found.map((partner) => (partner === undefined ? 0 : 1))),
    sum(found.map((partner) => partner?.value ?? 0)),
    sum(found.map((partner) => (partner !== undefined && partner.value < other.length ? 1 : 0))),
  ]);
  const lastMain = new Map(main.map(({ key }, row) => [KEYS[key]!, weights[row]!]));
  const back = other.reduce((total, { key, value }) => total + BigInt(value) * (lastMain.get(KEYS[key]!) ?? 0n), 0n);
  const own = sum(main.map(({ second }) => lastMain.get(BigInt(second)) ?? 0n));
  return [...told, back, own, BigInt(main.length), BigInt(other.length)];
}

/** Values of the other table that may be missing, with what stands in for them. */
const withGaps = trace(
  {
    name: "gaps",
    description: "What partners have, or what stands in for it.",
    columns: [number("mine", 0n, 7n)],
    maximumRows: 100,
    tables: [
      {
        name: "other",
        columns: [number("key", 0n, 7n), { ...number("value", 1n, 1000n), optional: true }],
        maximumRows: 100,
      },
    ],
  },
  (t) => {
    const other = t.table("other");
    const match = t.match(t.encoded("mine"), other.encoded("key"));
    t.output("values", t.sum(t.lookUp(match, other.encodedOr("value", "-3"))));
    t.output("known", t.count(t.lookUp(match, other.present("value"))));
    t.output("all", t.sum(other.inputOr("value", "0")));
  },
);

const CELLS = ["a", "b", "c"];
/** Cells and values are the other table's; d is the rest. */
const joined = trace(
  {
    name: "joined",
    description: "Count and sums by a cell that others know.",
    columns: [number("key", 0n, 15n), number("x", 0n, 1000n)],
    maximumRows: 100,
    tables: [
      {
        name: "other",
        columns: [
          number("key", 0n, 15n),
          number("y", 0n, 1000n),
          { name: "cell", kind: "category", categories: [...CELLS, "d"] },
        ],
        maximumRows: 100,
      },
    ],
    protection: { minimumRows: 3, minimumSellers: 2, maximumPercent: 75 },
  },
  (t) => {
    const other = t.table("other");
    const match = t.matchOnce(t.encoded("key"), other.encoded("key"));
    const cell = t.lookUp(match, other.input("cell"));
    const y = t.lookUp(match, other.input("y"));
    for (const [index, name] of CELLS.entries()) {
      const member = t.and(t.equal(cell, t.constant(String(index), 0)), t.matched(match));
      const group = t.group(name, member);
      t.output(`count_${name}`, t.count(member), group);
      t.output(`x_${name}`, t.dot(t.number(member), t.input("x")), group);
      t.output(`xy_${name}`, t.dot(t.number(member), t.multiply(t.input("x"), y)), group);
    }
  },
);

interface JoinedCase {
  readonly main: readonly { readonly key: number; readonly seller: number }[];
  readonly other: readonly { readonly key: number; readonly seller: number; readonly cell: number }[];
}

/** Most keys are in both tables, some twice; seller 0 is the buyer. */
const joinedCase: fc.Arbitrary<JoinedCase> = fc
  .record({
    keys: fc.shuffledSubarray(
      Array.from({ length: 16 }, (_, key) => key),
      { minLength: 6 },
    ),
    more: fc.array(fc.nat(15), { maxLength: 3 }),
    sellers: fc.array(fc.nat(5), { minLength: 40, maxLength: 40 }),
    cells: fc.array(fc.constantFrom(0, 0, 0, 1, 1, 2, 3), { minLength: 20, maxLength: 20 }),
    missing: fc.nat(5),
  })
  .map(({ keys, more, sellers, cells, missing }) => {
    const others = [...keys.slice(missing === 0 ? 4 : 0).reverse(), ...more];
    return {
      main: [...more, ...keys].map((key, row) => ({ key, seller: sellers[row]! })),
      other: others.map((key, row) => ({ key, seller: sellers[20 + row]!, cell: cells[row]! })),
    };
  });

/** Enough of each cell in both tables. */
const even: JoinedCase = {
  main: Array.from({ length: 12 }, (_, key) => ({ key, seller: 1 + (key % 5) })),
  other: Array.from({ length: 12 }, (_, key) => ({ key, seller: 1 + (key % 4), cell: key % 3 })),
};

/** The rule as `groups.ts` says it, row by row and in both tables. */
function expectedAnswer({ main, other }: JoinedCase, x: readonly bigint[], y: readonly bigint[]): bigint[] {
  const pairs: { left: number; right: number; cell: number }[] = [];
  main.forEach(({ key }, left) => {
    const isFirst = main.findIndex((row) => row.key === key) === left;
    const right = other.findLastIndex((row) => row.key === key);
    if (isFirst && right >= 0) pairs.push({ left, right, cell: other[right]!.cell });
  });
  const isEnough = (sellers: readonly number[]) => sellers.length >= 3 && new Set(sellers).size >= 2;
  const isDominated = (sellers: readonly number[]) =>
    [...new Set(sellers)].some((one) => sellers.filter((seller) => seller === one).length * 4 > sellers.length * 3);
  const views = [
    { rows: main, of: (pair: (typeof pairs)[number]) => pair.left },
    { rows: other, of: (pair: (typeof pairs)[number]) => pair.right },
  ].map(({ rows, of }) => {
    const counted = (isIn: (row: number) => boolean) =>
      rows.flatMap(({ seller }, row) => (seller !== 0 && isIn(row) ? [seller] : []));
    const groups = CELLS.map((_, cell) => {
      const sellers = counted((row) => pairs.some((pair) => of(pair) === row && pair.cell === cell));
      return isEnough(sellers) && !isDominated(sellers);
    });
    const rest = counted((row) => !pairs.some((pair) => of(pair) === row && pair.cell < CELLS.length));
    return { groups, rest: rest.length === 0 || isEnough(rest) };
  });
  const passes = CELLS.map((_, cell) => views.every(({ groups }) => groups[cell]));
  const spared = passes.every((pass) => pass) && views.every(({ rest }) => rest) ? -1 : passes.indexOf(true);
  const opened = passes.map((pass, cell) => pass && cell !== spared);
  const outputs = CELLS.flatMap((_, cell) => {
    const own = opened[cell] ? pairs.filter((pair) => pair.cell === cell) : [];
    const sum = (value: (pair: (typeof pairs)[number]) => bigint) =>
      own.reduce((total, pair) => total + value(pair), 0n);
    return [BigInt(own.length), sum(({ left }) => x[left]!), sum(({ left, right }) => x[left]! * y[right]!)];
  });
  return [...outputs, ...opened.map((open) => (open ? 1n : 0n)), BigInt(main.length), BigInt(other.length)];
}

const runsOf = (rows: readonly { readonly seller: number }[]) =>
  rows.map(({ seller }) => ({ rows: 1, seller: `0xA${seller}` }));

export function tablesSuite(runner: MpcRunner, runs: number): void {
  describe(`several tables: ${runner.name}`, () => {
    it("match by several keys, with repeated keys, none and one row, what plain maps give", async () => {
      const cases = [none, { ...single, main: [] }, { ...single, other: [] }, single];
      for (const each of [...cases, ...fc.sample(tables, { seed, numRuns: runs })]) {
        const weights = each.main.map((_, row) => BigInt((row * 7919) % 1009) + 1n);
        const words = new Map([
          ["key", unsigned(each.main.map(({ key }) => KEYS[key]!))],
          ["second", unsigned(each.main.map(({ second }) => second))],
          ["weight", unsigned(weights)],
          ["other.key", unsigned(each.other.map(({ key }) => KEYS[key]!))],
          ["other.again", unsigned(each.other.map(({ second }) => second))],
          ["other.value", unsigned(each.other.map(({ value }) => value))],
        ]);
        const rows = [each.main.length, each.other.length];
        const found = await outputsOf(runner, { program: matching, words, parameters: [], rows });
        expect(found, JSON.stringify(each)).to.deep.equal(expectedOutputs(each, weights));
        expect(evaluateWords(matching, words, [], rows)).to.deep.equal(found);
      }
    }).timeout(120_000);

    it("have protected groups of enough rows and sellers in each of them", async () => {
      const met = new Set<string>();
      for (const each of [even, ...fc.sample(joinedCase, { seed, numRuns: 3 * runs })]) {
        const [x, y] = [each.main, each.other].map((rows) => rows.map((_, row) => BigInt((row * 97) % 89) + 1n));
        const words = new Map([
          ["key", unsigned(each.main.map(({ key }) => key))],
          ["x", unsigned(x!)],
          ["other.key", unsigned(each.other.map(({ key }) => key))],
          ["other.y", unsigned(y!)],
          ["other.cell", unsigned(each.other.map(({ cell }) => cell))],
        ]);
        const contributions: Contributions = {
          ...{ runs: runsOf(each.main), furtherRuns: [runsOf(each.other)] },
          ...{ buyer: "0xa0", minimumRows: 1, minimumSellers: 1 },
        };
        const rows = [each.main.length, each.other.length];
        const expected = expectedAnswer(each, x!, y!);
        for (const flag of expected.slice(9, 12)) met.add(flag === 1n ? "opened" : "suppressed");
        const found = await outputsOf(runner, { program: joined, words, parameters: [], rows }, contributions);
        expect(found, JSON.stringify(each)).to.deep.equal(expected);
        expect(evaluateWords(joined, words, [], rows, undefined, contributions)).to.deep.equal(expected);
      }
      expect([...met]).to.have.members(["opened", "suppressed"]);
    }).timeout(120_000);

    it("may lack values in each of them", async () => {
      const row = fc.record({ key: fc.nat(7), value: fc.integer({ min: 1, max: 1000 }), known: fc.boolean() });
      const pool = fc.tuple(fc.array(fc.nat(7), { maxLength: 12 }), fc.array(row, { maxLength: 8 }));
      for (const [keys, others] of fc.sample(pool, { seed, numRuns: runs })) {
        const words = new Map([
          ["mine", unsigned(keys)],
          ["other.key", unsigned(others.map(({ key }) => key))],
          ["other.value", unsigned(others.map(({ value }) => value))],
          ["other.value.present", unsigned(others.map(({ known }) => (known ? 1 : 0)))],
        ]);
        const rows = [keys.length, others.length];
        const found = await outputsOf(runner, { program: withGaps, words, parameters: [], rows });
        const partners = keys.flatMap((key) => others.findLast((each) => each.key === key) ?? []);
        expect(found).to.deep.equal(
          [
            partners.reduce((sum, { known, value }) => sum + (known ? value : -3), 0),
            partners.filter(({ known }) => known).length,
            others.reduce((sum, { known, value }) => sum + (known ? value : 0), 0),
            ...rows,
          ].map(BigInt),
        );
      }
    }).timeout(60_000);
  });
}
