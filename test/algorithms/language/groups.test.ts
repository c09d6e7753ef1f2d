/** Protected groups: what is refused before a run, and that no linear combination of what is opened is a figure of too small a group. */

import {
  type Group,
  type Secret,
  type SecretBit,
  type Tracer,
  trace,
} from "@sharebridge/algorithms/language/builder.ts";
import { checkProgram } from "@sharebridge/algorithms/language/check.ts";
import type { Contributions } from "@sharebridge/algorithms/language/contributions.ts";
import { disclosureStatement } from "@sharebridge/algorithms/language/disclosure.ts";
import { decodeProgram, encodeProgram } from "@sharebridge/algorithms/language/encode.ts";
import type { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import { finish, groupsOpened, outputFigures } from "@sharebridge/algorithms/language/finish.ts";
import { rowAt } from "@sharebridge/algorithms/language/position.ts";
import { printProgram } from "@sharebridge/algorithms/language/print.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { evaluateWords, openedGroups, openedGroupsIn } from "@sharebridge/algorithms/language/reference.ts";
import { expect } from "chai";
import fc from "fast-check";
import { attacked, tabulation } from "../../suites/groups.suite.ts";
import { seed } from "../../support/seed.ts";
import { codeOf as refusalOf } from "../support/code-of.ts";

const minimum = { minimumRows: 3, minimumSellers: 2 };
const definition = {
  name: "test",
  description: "For a test.",
  columns: [
    { name: "x", kind: "number" as const, fractionBits: 0, minimum: "0", maximum: "100" },
    { name: "y", kind: "number" as const, fractionBits: 0, minimum: "0", maximum: "100" },
    { name: "sex", kind: "category" as const, categories: ["f", "m"] },
    { name: "job", kind: "category" as const, categories: ["clerk", "cook", "smith"] },
  ],
  maximumRows: 100,
};

const codeOf = (body: (t: Tracer) => void, protection: typeof minimum | null = minimum) =>
  refusalOf(() => trace({ ...definition, ...(protection === null ? {} : { protection }) }, body));

/** A group and its count. */
function counted(t: Tracer, name: string, member: SecretBit<"column">): Group {
  const group = t.group(name, member);
  t.output(`count_${name}`, t.count(member), group);
  return group;
}

const below = (t: Tracer, edge: string) => t.less(t.encoded("x"), t.constant(edge, 0));

describe("protected groups, before a run", () => {
  it("are proven disjoint: categories, bins, signs, conjunctions", () => {
    const accepted: ((t: Tracer) => void)[] = [
      (t) => ["clerk", "cook"].map((job) => counted(t, job, t.isCategory("job", job))),
      (t) => {
        const [ten, twenty] = [below(t, "10"), below(t, "20")];
        counted(t, "low", ten);
        counted(t, "middle", t.xor(twenty, ten));
        counted(t, "middle_too", t.and(t.not(twenty), below(t, "30")));
        counted(t, "high", t.not(below(t, "30")));
      },
      (t) => {
        const bit = t.or(below(t, "10"), t.isCategory("sex", "m"));
        counted(t, "yes", bit);
        counted(t, "no", t.not(bit));
      },
      (t) => {
        const more = t.less(t.encoded("y"), t.encoded("x"));
        for (const sex of ["f", "m"]) {
          counted(t, `more_${sex}`, t.and(t.isCategory("sex", sex), more));
          counted(t, `less_${sex}`, t.and(t.not(more), t.isCategory("sex", sex)));
        }
      },
      (t) => {
        for (const sex of ["f", "m"]) {
          const member = t.indicator("sex", sex);
          t.output(sex, t.dot(member, t.input("x")), t.group(sex, member));
        }
      },
    ];
    expect(accepted.map((body) => codeOf(body))).to.deep.equal(Array(accepted.length).fill("none"));
    const overlapping: ((t: Tracer) => void)[] = [
      (t) => {
        counted(t, "clerk", t.isCategory("job", "clerk"));
        counted(t, "f", t.isCategory("sex", "f"));
      },
      (t) => {
        counted(t, "ten", below(t, "10"));
        counted(t, "twenty", below(t, "20"));
      },
      (t) => {
        counted(t, "ten", below(t, "10"));
        counted(t, "bin", t.xor(below(t, "9"), below(t, "20")));
      },
      (t) => {
        const member = t.isCategory("job", "cook");
        counted(t, "cook", member);
        counted(t, "cook_too", member);
      },
      (t) => {
        counted(t, "low", below(t, "10"));
        counted(t, "other", t.not(t.less(t.encoded("y"), t.constant("10", 0))));
      },
    ];
    expect(overlapping.map((body) => codeOf(body))).to.deep.equal(Array(overlapping.length).fill("GroupsOverlap"));
  });

  it("open only sums over exactly their rows", () => {
    const of = (value: (t: Tracer, member: ReturnType<Tracer["isCategory"]>) => ReturnType<Tracer["sum"]>) =>
      codeOf((t) => {
        const member = t.isCategory("job", "cook");
        t.output("o", value(t, member), t.group("cook", member));
      });
    const right: Parameters<typeof of>[0][] = [
      (t, cook) => t.count(cook),
      (t, cook) => t.sum(t.number(cook)),
      (t, cook) => t.dot(t.number(cook), t.add(t.input("x"), t.constant("1", 0))),
      (t, cook) => t.sum(t.multiply(t.multiply(t.input("x"), t.input("y")), t.number(cook))),
      (t, cook) => t.subtract(t.multiply(t.constant("3", 0), t.count(cook)), t.dot(t.input("x"), t.number(cook))),
    ];
    expect(right.map(of)).to.deep.equal(Array(right.length).fill("none"));
    const wrong: Parameters<typeof of>[0][] = [
      // All rows; other rows; some of its rows; and what picks rows by arithmetic on categories.
      (t) => t.sum(t.input("x")),
      (t) => t.count(t.isCategory("job", "clerk")),
      (t, cook) => t.subtract(t.sum(t.input("x")), t.dot(t.number(cook), t.input("x"))),
      (t, cook) => t.count(t.and(cook, below(t, "10"))),
      (t, cook) => t.dot(t.number(cook), t.number(below(t, "10"))),
      (t, cook) => t.dot(t.number(cook), t.select(below(t, "10"), t.input("x"), t.input("y"))),
      (t, cook) => t.dot(t.number(cook), t.multiply(t.input("x"), t.input("sex"))),
      (t, cook) => t.maximum(t.multiply(t.number(cook), t.input("x"))),
      (t, cook) => t.dot(t.number(cook), t.multiply(t.input("x"), t.sum(t.input("y")))),
      (t, cook) => t.sum(t.add(t.number(cook), t.input("x"))),
    ];
    expect(wrong.map(of)).to.deep.equal(Array(wrong.length).fill("OutputOutsideGroup"));
  });

  it("are rows where their sellers' rows stand: of arranged, previous or summed rows neither members nor figures are made", () => {
    const moved: ((t: Tracer) => SecretBit<"column">)[] = [
      (t) => t.arrange(t.order(t.encoded("x")), below(t, "10")),
      (t) => t.and(t.previous(below(t, "10")), t.isCategory("job", "cook")),
      (t) => t.less(t.prefixSum(t.encoded("x")), t.constant("10", 0)),
    ];
    for (const member of moved) expect(codeOf((t) => void counted(t, "moved", member(t)))).to.equal("NotAGroup");
    const figures: ((t: Tracer, cook: Secret<"column">) => Secret<"scalar">)[] = [
      (t, cook) => t.dot(cook, t.arrange(t.order(t.encoded("x")), t.input("x"))),
      (t, cook) => t.dot(cook, t.previous(t.input("x"))),
      (t, cook) => t.sum(t.arrange(t.order(t.encoded("x")), cook)),
      (t, cook) => t.at(cook, rowAt(0)),
    ];
    for (const figure of figures) {
      const body = (t: Tracer) => {
        const cook = t.isCategory("job", "cook");
        t.output("o", figure(t, t.number(cook)), t.group("cook", cook));
      };
      expect(codeOf(body)).to.equal("OutputOutsideGroup");
    }
  });

  it("are columns of bits, or of a number that is 0 or 1, declared with a minimum; each output has one", () => {
    for (const column of ["x", "job"]) {
      const body = (t: Tracer) => void t.output("o", t.sum(t.input(column)), t.group(column, t.input(column)));
      expect(codeOf(body)).to.equal("NotAGroup");
    }
    expect(codeOf((t) => void counted(t, "f", t.isCategory("sex", "f")), null)).to.equal("UndeclaredGroup");
    const open = (t: Tracer) => void t.output("o", t.count(t.isCategory("sex", "f")));
    const bare = (t: Tracer) => {
      counted(t, "f", t.isCategory("sex", "f"));
      open(t);
    };
    expect(codeOf(bare)).to.equal("OutputWithoutGroup");
    const program = tabulation(minimum);
    const refusal = (changed: Program) => {
      try {
        checkProgram(changed);
        return "none";
      } catch (error) {
        return (error as ProgramError).code;
      }
    };
    const { protection, ...unprotected } = program;
    expect(refusal(unprotected)).to.equal("UndeclaredGroup");
    const groups = protection!.groups;
    expect(refusal({ ...program, protection: { ...protection!, groups: groups.slice(1) } })).to.equal(
      "UndeclaredGroup",
    );
    expect(refusal({ ...program, protection: { ...protection!, groups: [...groups, groups[0]] } })).to.equal(
      "DuplicateName",
    );
    const far = { name: "far", member: 4_000 };
    expect(refusal({ ...program, protection: { ...protection!, groups: [...groups, far] } })).to.equal(
      "ForwardReference",
    );
  });

  it("are analysed in time that does not grow with the ways to a value", () => {
    const body = (t: Tracer) => {
      const member = t.isCategory("sex", "f");
      let bit = member;
      let plain = t.multiply(t.input("x"), t.constant("0", 0));
      let figure = t.dot(t.number(member), plain);
      for (let step = 0; step < 500; step++) {
        bit = t.and(bit, bit);
        plain = t.subtract(plain, plain);
        figure = t.subtract(figure, figure);
      }
      t.output("o", figure, t.group("f", member));
      t.output("p", t.dot(t.number(bit), plain), t.group("m", t.number(bit)));
    };
    expect(codeOf(body)).to.equal("GroupsOverlap");
  });

  it("stand in the encoding, the text and the disclosure statement", () => {
    const program = tabulation({ ...minimum, maximumPercent: 60 } as typeof minimum);
    expect(decodeProgram(encodeProgram(program))).to.deep.equal(program);
    expect(printProgram(program)).to.include("groups need 3 rows of 2 sellers, at most 60 % of them of one\n");
    expect(printProgram(program)).to.include("open count_a if group a is = %");
    const statement = disclosureStatement(program);
    expect(statement).to.include("Minimum group: 3 rows of 2 sellers, at most 60 % of them of one");
    expect(statement).to.include("- sum_a, computed over the rows of group a, if it is large enough, from cell, x");
    expect(statement).to.not.include("enforces no minimum group");
    expect(disclosureStatement(tabulation(undefined))).to.include("enforces no minimum group");
  });
});

describe("figures of protected groups", () => {
  it("of a suppressed group are said to be suppressed, and are not 0", () => {
    const program = tabulation(minimum);
    const words = evaluateWords(program, attacked.words, [], attacked.rows, undefined, attacked.contributions);
    const request = { rows: attacked.rows };
    expect(groupsOpened(program, words).map(({ opened }) => opened)).to.deep.equal([false, true, true, false]);
    for (const figures of [finish(program, words, request), outputFigures(program, words, request)]) {
      for (const { name, value, undefinedReason, isSuppressed } of figures) {
        const isHidden = name.endsWith("_a") || name.endsWith("_d");
        expect(value === undefined, name).to.equal(isHidden);
        if (isHidden) expect(undefinedReason).to.match(/^group [ad] is too small/);
        expect(isSuppressed === true).to.equal(isHidden);
      }
    }
    const cheats = [words.slice(0, 8), words.with(8, 2n), words.with(0, 1n)];
    const codes = cheats.map((cheat) => {
      try {
        finish(program, cheat, request);
        return "none";
      } catch (error) {
        return (error as ProgramError).code;
      }
    });
    expect(codes).to.deep.equal(["WrongOutputCount", "OutputOutOfRange", "OutputOutOfRange"]);
  });
});

/** Whether a vector is a combination of others, by elimination (of whole numbers modulo a prime, which suffices to find combinations). */
function inSpan(basis: readonly (readonly number[])[], target: readonly number[]): boolean {
  const prime = 1_000_003;
  const inverse = (value: number) => {
    let result = 1;
    for (let power = prime - 2, base = value; power > 0; power = Math.floor(power / 2)) {
      if (power % 2 === 1) result = Number((BigInt(result) * BigInt(base)) % BigInt(prime));
      base = Number((BigInt(base) * BigInt(base)) % BigInt(prime));
    }
    return result;
  };
  const reduced: number[][] = [];
  const reduce = (vector: readonly number[]) => {
    let rest = [...vector];
    for (const row of reduced) {
      const pivot = row.findIndex((value) => value !== 0);
      const factor = rest[pivot];
      rest = rest.map((value, index) => (((value - factor * row[index]) % prime) + prime) % prime);
    }
    return rest;
  };
  for (const vector of basis) {
    const rest = reduce(vector);
    const pivot = rest.find((value) => value !== 0);
    if (pivot === undefined) continue;
    const scale = inverse(pivot);
    reduced.push(rest.map((value) => (value * scale) % prime));
  }
  return reduce(target).every((value) => value === 0);
}

describe("complementary suppression", () => {
  const population = fc.record({
    groupOf: fc.array(fc.nat(4), { minLength: 4, maxLength: 9 }),
    groups: fc.integer({ min: 2, max: 4 }),
    sellers: fc.integer({ min: 2, max: 4 }),
  });
  const rule = { minimumRows: 3, minimumSellers: 2, maximumPercent: 100 };

  /** Too small sets of rows whose figures are linear combinations of the opened ones and of the number of rows. */
  function recovered(groupOf: readonly number[], sellerOf: readonly number[], opened: readonly boolean[]): number {
    const rows = groupOf.length;
    const basis = [
      Array<number>(rows).fill(1),
      ...opened.flatMap((open, group) => (open ? [groupOf.map((own) => (own === group ? 1 : 0))] : [])),
    ];
    let count = 0;
    for (let subset = 1; subset < 2 ** rows; subset++) {
      const inside = (row: number) => Math.floor(subset / 2 ** row) % 2 === 1;
      const members = [...groupOf.keys()].filter(inside);
      const sellers = new Set(members.map((row) => sellerOf[row]));
      const isTooSmall = members.length < rule.minimumRows || sellers.size < rule.minimumSellers;
      if (
        isTooSmall &&
        inSpan(
          basis,
          [...groupOf.keys()].map((row) => (inside(row) ? 1 : 0)),
        )
      )
        count++;
    }
    return count;
  }

  it("leaves no combination of opened figures that is a figure of too few rows or sellers; without it there is one", () => {
    let withoutRule = 0;
    let answers = 0;
    for (const { groupOf, groups, sellers } of fc.sample(population, { seed, numRuns: 150 })) {
      const sellerOf = groupOf.map((_, row) => Math.floor((row * sellers) / groupOf.length));
      const contributions: Contributions = {
        runs: sellerOf.map((seller) => ({ rows: 1, seller: String(seller) })),
        buyer: "buyer",
        minimumRows: 1,
        minimumSellers: 1,
      };
      const named = Array.from({ length: groups }, (_, member) => ({ name: `g${member}`, member }));
      const members = named.map(({ member }) => groupOf.map((own) => own === member));
      const opened = openedGroups({ ...rule, groups: named }, members, contributions);
      // A pool that is itself too small has a number of rows all the same.
      if (groupOf.length < rule.minimumRows) continue;
      if (opened.includes(true)) answers++;
      expect(recovered(groupOf, sellerOf, opened), JSON.stringify({ groupOf, sellerOf, opened })).to.equal(0);
      const large = members.map((member) => {
        const own = sellerOf.filter((_, row) => member[row]);
        return own.length >= rule.minimumRows && new Set(own).size >= rule.minimumSellers;
      });
      withoutRule += recovered(groupOf, sellerOf, large);
    }
    expect(withoutRule).to.be.greaterThan(0);
    expect(answers).to.be.greaterThan(0);
  });

  it("nor in a further table, whose rows are partners of the groups'; held against the main one alone there would be", () => {
    let withMainAlone = 0;
    let answers = 0;
    for (const { groupOf, groups, sellers } of fc.sample(population, { seed, numRuns: 150 })) {
      const rows = groupOf.length;
      // The partners of the rows in reverse, and two rows more that are nobody's.
      const partnerGroups = [...[...groupOf].reverse(), groups, groups];
      const views = [groupOf, partnerGroups].map((of, table) => {
        const sellerOf = of.map((_, row) => Math.floor((row * (table === 0 ? 4 : sellers)) / of.length));
        const runs = sellerOf.map((seller) => ({ rows: 1, seller: String(seller) }));
        const members = Array.from({ length: groups }, (_, group) => of.map((own) => own === group));
        return { of, sellerOf, members, contributions: { runs, buyer: "buyer", minimumRows: 1, minimumSellers: 1 } };
      });
      const named = Array.from({ length: groups }, (_, member) => ({ name: `g${member}`, member }));
      const opened = openedGroupsIn({ ...rule, groups: named }, views);
      if (rows < rule.minimumRows) continue;
      if (opened.includes(true)) answers++;
      for (const { of, sellerOf } of views) expect(recovered(of, sellerOf, opened)).to.equal(0);
      const [main, further] = views;
      const byMain = openedGroups({ ...rule, groups: named }, main.members, main.contributions);
      withMainAlone += recovered(further.of, further.sellerOf, byMain);
    }
    expect(withMainAlone).to.be.greaterThan(0);
    expect(answers).to.be.greaterThan(0);
  });
});
