/** Programs over several tables: what is declared, typed, refused, and said of them. */
import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import {
  type ColumnShape,
  type Group,
  type Secret,
  type SecretBit,
  type TableDefinition,
  type Tracer,
  trace,
} from "@sharebridge/algorithms/language/builder.ts";
import { checkProgram } from "@sharebridge/algorithms/language/check.ts";
import { ofOneSeller } from "@sharebridge/algorithms/language/contributions.ts";
import { disclosureStatement } from "@sharebridge/algorithms/language/disclosure.ts";
import { decodeProgram, encodeProgram } from "@sharebridge/algorithms/language/encode.ts";
import { expression } from "@sharebridge/algorithms/language/expression.ts";
import { finish, tableRows } from "@sharebridge/algorithms/language/finish.ts";
import { printProgram } from "@sharebridge/algorithms/language/print.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { evaluateReal, evaluateWords, finishReal } from "@sharebridge/algorithms/language/reference.ts";
import type { Column } from "@sharebridge/algorithms/language/schema.ts";
import { placementOf } from "@sharebridge/algorithms/language/tables.ts";
import { expect } from "chai";
import { codeOf } from "../support/code-of.ts";

const number = (name: string, maximum = "100", fractionBits = 0): Column => ({
  ...{ name, kind: "number", fractionBits, minimum: "0", maximum },
});
const prices: TableDefinition = {
  name: "prices",
  columns: [
    number("product"),
    number("price", "1000", 2),
    { name: "kind", kind: "category", categories: ["a", "b", "c"] },
  ],
  maximumRows: 50,
};
const definition = {
  name: "revenue",
  description: "Revenue by kind.",
  columns: [number("product"), number("quantity")],
  maximumRows: 200,
  tables: [prices],
};
const minimum = { minimumRows: 3, minimumSellers: 2 };

const codeOfBody = (body: (t: Tracer) => void, protection?: typeof minimum) =>
  codeOf(() => trace({ ...definition, ...(protection === undefined ? {} : { protection }) }, body));

const revenue = trace(definition, (t) => {
  const other = t.table("prices");
  const match = t.match(t.encoded("product"), other.encoded("product"));
  const price = t.lookUp(match, other.encoded("price"));
  const sold = t.output("revenue", t.dot(price, t.encoded("quantity")));
  const unpriced = t.output("unpriced", t.count(t.not(t.matched(match))));
  t.output("of_a", t.count(t.lookUp(match, other.isCategory("kind", "a"))));
  t.output("listed", t.sum(other.encoded("price")));
  t.output("rows_of_both", t.multiply(t.count(t.matched(match)), t.multiply(t.rows(), other.rows())));
  t.finish("each", "Revenue a row", expression.divide(sold, expression.rows));
  t.finish("unpriced", "Rows without price, by prices", expression.divide(unpriced, expression.rowsOf("prices")));
});
const rows = [5, 3];
const words = new Map([
  ["product", BigUint64Array.of(1n, 2n, 1n, 9n, 3n)],
  ["quantity", BigUint64Array.of(10n, 1n, 20n, 5n, 2n)],
  // Product 1 stands there twice: the last counts.
  ["prices.product", BigUint64Array.of(1n, 3n, 1n)],
  ["prices.price", BigUint64Array.of(400n, 100n, 8n)],
  ["prices.kind", BigUint64Array.of(1n, 2n, 0n)],
]);

describe("several tables", () => {
  it("are matched, looked up and counted each by its own rows, in words and in doubles", () => {
    const answer = evaluateWords(revenue, words, [], rows);
    expect(answer).to.deep.equal([30n * 8n + 200n, 2n, 2n, 508n, 3n * 15n, 5n, 3n]);
    const real = new Map([...words].map(([name, column]) => [name, [...column].map(Number)]));
    real.set("prices.price", [100, 25, 2]);
    const reals = evaluateReal(revenue, real, [], rows);
    expect(reals).to.deep.equal([110, 2, 2, 127, 45]);
    expect(finishReal(revenue, reals, rows)).to.deep.equal(
      new Map([
        ["each", 22],
        ["unpriced", 2 / 3],
      ]),
    );
  });

  it("open how many rows each has, which the reader divides by, and which must make up the pool", () => {
    const answer = evaluateWords(revenue, words, [], rows);
    expect(tableRows(revenue, answer, 8)).to.deep.equal([5, 3]);
    expect(finish(revenue, answer, { rows: 8 }).map(({ value }) => value)).to.deep.equal([22, 2 / 3]);
    for (const [wrong, pool] of [
      [answer, 9],
      [[...answer.slice(0, -2), 9n, -1n], 8],
      [[...answer.slice(0, -2), 0n, 51n], 51],
    ] as const) {
      expect(codeOf(() => finish(revenue, wrong, { rows: pool }))).to.equal("OutputOutOfRange");
    }
    expect(codeOf(() => finish(revenue, answer.slice(1), { rows: 8 }))).to.equal("WrongOutputCount");
  });

  it("may be empty", () => {
    const empty = (names: readonly string[]) =>
      new Map([...words].map(([name, column]) => [name, names.includes(name) ? new BigUint64Array() : column]));
    const main = ["product", "quantity"];
    expect(evaluateWords(revenue, empty(main), [], [0, 3])).to.deep.equal([0n, 0n, 0n, 508n, 0n, 0n, 3n]);
    const others = [...words.keys()].filter((name) => !main.includes(name));
    expect(evaluateWords(revenue, empty(others), [], [5, 0])).to.deep.equal([0n, 5n, 0n, 0n, 0n, 5n, 0n]);
  });

  it("have bounds by their own rows", () => {
    const most = (counts?: readonly number[]) =>
      analyse(revenue, counts).outputs.map(({ name, words: { maximum } }) => [name, Number(maximum)]);
    expect(most()).to.deep.equal([
      ["revenue", 200 * 4_000 * 100],
      ["unpriced", 200],
      ["of_a", 200],
      ["listed", 50 * 4_000],
      ["rows_of_both", 200 * 200 * 50],
    ]);
    expect(most([5, 3]))
      .to.deep.include(["listed", 12_000])
      .and.to.deep.include(["rows_of_both", 75]);
    expect(codeOf(() => analyse(revenue, [5, 51]))).to.equal("TooManyRows");
    expect(codeOf(() => analyse(revenue, [201, 1]))).to.equal("TooManyRows");
    for (const wrong of [5, [5], [5, 3, 1]]) expect(codeOf(() => analyse(revenue, wrong))).to.equal("WrongTableCount");
  });

  it("take the rows of sellers for each of them", () => {
    const one = ofOneSeller([5, 3]);
    expect(codeOf(() => evaluateWords(revenue, words, [], rows, undefined, one))).to.equal("none");
    for (const wrong of [ofOneSeller(8), ofOneSeller([3, 5]), { ...one, furtherRuns: [] }]) {
      expect(codeOf(() => evaluateWords(revenue, words, [], rows, undefined, wrong))).to.equal("WrongContributions");
    }
  });

  it("stand in the encoding, the text and the disclosure statement", () => {
    expect(decodeProgram(encodeProgram(revenue))).to.deep.equal(revenue);
    const text = printProgram(revenue);
    for (const line of [
      "table prices, at most 50 rows\n",
      "column prices.price: number from 0 to 1000, 2 fraction bits\n",
      "%2 = match (%0) with (%1) : secret partners of rows in table prices\n",
      "= look up %3 by %2 : secret column, 2 fraction bits, 0 to 1000\n",
      " = matched by %2 : secret column of bits\n",
      ": secret column of bits of prices\n",
      " = rows of prices : public scalar",
      'figure unpriced "Rows without price, by prices" = unpriced / (rows of prices)\n',
    ]) {
      expect(text).to.include(line);
    }
    const statement = disclosureStatement(revenue);
    for (const line of [
      "It reads these columns of the main table, of every row of every dataset that has them:\n- product: number",
      "It reads these columns of table prices, of every row of every dataset that has them:\n- product: number",
      "- rows of the main table, by product, with rows of table prices, by prices.product; one row may be the partner of many, so that",
      "nothing else but how many rows each table has:\n",
      "- revenue, computed over all rows from prices.price, prices.product, product, quantity\n",
      "- Which table each dataset is of is public,",
      "\nWho buys, and sells rows that are made up for your keys, may read off the numbers what your rows with these keys have.\n",
    ]) {
      expect(statement).to.include(line);
    }
  });

  it("go through loops, of which a carried column stays one of its table", () => {
    const doubled = trace(definition, (t) => {
      const other = t.table("prices");
      const match = t.match(t.encoded("product"), other.encoded("product"));
      const [price] = t.repeat(3, [other.encoded("price")], ([each]) => [
        t.smaller(t.add(each, each), t.constant("4", 2)),
      ]);
      const [found] = t.repeat(2, [t.encoded("quantity")], ([each]) => [
        t.smaller(t.add(each, each), t.constant("50", 0)),
      ]);
      t.output("spent", t.dot(t.lookUp(match, price), found));
    });
    // Prices 2 and 25 become 4; quantities of product 1 become 40 and 50, that of product 3 becomes 8.
    expect(evaluateWords(doubled, words, [], rows)[0]).to.equal(16n * 90n + 16n * 8n);
    const mixed = (t: Tracer) => {
      // @ts-expect-error the loop begins with a column of the one table and goes on with one of the other
      t.repeat(2, [t.encoded("quantity")], () => [t.table("prices").encoded("product")]);
    };
    expect(codeOfBody(mixed)).to.equal("LoopNotInvariant");
  });

  describe("are declared", () => {
    const withTables = (tables: Program["tables"]): Program => ({ ...revenue, tables });
    const declared = revenue.tables as NonNullable<Program["tables"]>;

    it("under names, one of them at least, seven at most, each with columns and a maximum", () => {
      for (const wrong of [[], Array.from({ length: 8 }, (_, index) => ({ ...declared[0], name: `t${index}` }))]) {
        expect(codeOf(() => encodeProgram(withTables(wrong)))).to.equal("InvalidShape");
      }
      for (const wrong of [{ name: "Prices" }, { columns: [] }, { maximumRows: 0 }, { more: 1 }]) {
        const table = { ...declared[0], ...wrong } as (typeof declared)[number];
        expect(codeOf(() => encodeProgram(withTables([table])))).to.equal("InvalidShape");
      }
      expect(codeOf(() => checkProgram(withTables([...declared, ...declared])))).to.equal("DuplicateName");
      const twice = [{ ...declared[0], columns: [number("x"), number("x")] }];
      expect(codeOf(() => checkProgram(withTables(twice)))).to.equal("DuplicateName");
      expect(codeOf(() => checkProgram({ ...revenue, tables: undefined }))).to.equal("UndeclaredTable");
      expect(codeOfBody((t) => t.table("others"))).to.equal("UndeclaredTable");
      expect(codeOfBody((t) => t.table("prices").input("quantity"))).to.equal("UndeclaredColumn");
      expect(codeOfBody((t) => t.input("price"))).to.equal("UndeclaredColumn");
      const figure = { name: "f", expression: { rows: "others" } };
      expect(codeOf(() => checkProgram({ ...revenue, finish: [figure] }))).to.equal("UndeclaredTable");
    });

    it("so that a schema tells of which a dataset is: the one whose columns it has", () => {
      const [product, quantity] = revenue.columns;
      const columns = prices.columns as Column[];
      expect(placementOf({ columns: [quantity, product] }, revenue)).to.deep.equal({ table: 0 });
      expect(placementOf({ columns: [number("note"), ...columns] }, revenue)).to.deep.equal({ table: 1 });
      const none = placementOf({ columns: [product] }, revenue);
      expect(none).to.include({ table: undefined, code: "SchemaMismatch" });
      expect((none as { reason: string }).reason).to.include("the main table: column quantity is missing");
      const both = placementOf({ columns: [quantity, ...columns] }, revenue);
      expect(both).to.include({ table: undefined, code: "AmbiguousTable" });
      // A range too wide for one of them does not make it the other's.
      const wide = placementOf({ columns: [product, number("quantity", "101")] }, revenue);
      expect(wide).to.include({ table: undefined, code: "SchemaMismatch" });
    });

    it("so that every one of them can have datasets of its own: one that any dataset of another fits too is refused", () => {
      const codeWith = (main: Column[], further: Column[]) =>
        codeOf(() =>
          trace({ ...definition, columns: main, tables: [{ ...prices, columns: further }] }, (t) =>
            t.output("n", t.sum(t.encoded(main[0].name))),
          ),
        );
      expect(codeWith([number("a")], [number("a")])).to.equal("IndistinctTables");
      expect(codeWith([number("a")], [number("a"), number("b")])).to.equal("IndistinctTables");
      expect(codeWith([number("a"), number("b")], [number("b")])).to.equal("IndistinctTables");
      expect(codeWith([number("a", "10")], [number("a", "20")])).to.equal("IndistinctTables");
      expect(codeWith([number("a")], [number("b")])).to.equal("none");
      expect(codeWith([number("a", "10", 1)], [number("a", "10", 2)])).to.equal("none");
    });
  });

  describe("do not mix row by row", () => {
    it("when compiled", () => {
      const bodies: ((t: Tracer) => void)[] = [
        // @ts-expect-error a column of prices is not one of the main table
        (t) => t.add(t.input("quantity"), t.table("prices").input("product")),
        // @ts-expect-error likewise
        (t) => t.less(t.encoded("quantity"), t.table("prices").encoded("product")),
        // @ts-expect-error likewise
        (t) => t.dot(t.input("quantity"), t.table("prices").input("product")),
        // @ts-expect-error likewise
        (t) => t.and(t.less(t.encoded("quantity"), t.rows()), t.table("prices").isCategory("kind", "a")),
        // @ts-expect-error likewise
        (t) => t.select(t.table("prices").isCategory("kind", "a"), t.input("quantity"), t.input("quantity")),
        // @ts-expect-error likewise
        (t) => t.divide(t.input("quantity"), t.table("prices").input("price"), 2),
        // @ts-expect-error keys of one order are of one table
        (t) => t.order(t.encoded("quantity"), t.table("prices").encoded("product")),
        // @ts-expect-error an order of the one table arranges no rows of the other
        (t) => t.arrange(t.order(t.encoded("quantity")), t.table("prices").encoded("product")),
        (t) => {
          const match = t.match(t.encoded("product"), t.table("prices").encoded("product"));
          // @ts-expect-error what is looked up is of the partners' table
          t.lookUp(match, t.input("quantity"));
        },
        (t) => {
          const match = t.match(t.encoded("product"), t.table("prices").encoded("product"));
          // @ts-expect-error what was looked up is a column of the main table
          t.add(t.lookUp(match, t.table("prices").encoded("product")), t.table("prices").encoded("product"));
        },
      ];
      for (const body of bodies) expect(codeOfBody(body)).to.equal("MixedTables");
    });

    it("nor in an encoding", () => {
      const edited = (op: object): Program => ({
        ...revenue,
        instructions: [...revenue.instructions, op as Program["instructions"][number]],
      });
      for (const [op, code] of [
        [{ op: "smaller", a: 0, b: 1 }, "MixedTables"],
        [{ op: "order", keys: [0, 1].map((value) => ({ value, descending: false })) }, "MixedTables"],
        [{ op: "match", left: [0, 1], right: [0, 1], once: true }, "MixedTables"],
        [{ op: "match", left: [0, 0], right: [1], once: true }, "InvalidMatch"],
        [{ op: "match", left: [0], right: [3], once: true }, "MixedScales"],
        [{ op: "match", left: [0], right: [99], once: true }, "ForwardReference"],
        [{ op: "match", left: [0], right: [2], once: true }, "WrongKind"],
        [{ op: "lookUp", match: 2, a: 0 }, "MixedTables"],
        [{ op: "lookUp", match: 2, a: 2 }, "WrongKind"],
        [{ op: "lookUp", match: 0, a: 1 }, "WrongKind"],
        [{ op: "matched", match: 0 }, "WrongKind"],
        [{ op: "sum", a: 2 }, "WrongKind"],
      ] as const) {
        expect(
          codeOf(() => checkProgram(edited(op))),
          JSON.stringify(op),
        ).to.equal(code);
      }
      for (const op of [
        { op: "match", left: [], right: [], once: true },
        { op: "match", left: [0], right: [1] },
        { op: "match", left: Array(9).fill(0), right: Array(9).fill(1), once: false },
        { op: "lookUp", match: 2 },
      ]) {
        expect(codeOf(() => encodeProgram(edited(op)))).to.equal("InvalidShape");
      }
    });

    it("and are matched on exact keys only", () => {
      expect(
        codeOfBody((t) => {
          const match = t.match(t.encoded("product"), t.table("prices").encoded("product"));
          t.output("n", t.count(t.matched(match)));
        }),
      ).to.equal("none");
      const inexact = { ...definition, columns: [number("product", "100", 2), number("quantity")] };
      const body = (t: Tracer) =>
        t.output("n", t.count(t.matched(t.match(t.input("product"), t.table("prices").encoded("price")))));
      expect(codeOf(() => trace(inexact, body))).to.equal("InexactDecision");
    });
  });
});

describe("protected groups over several tables", () => {
  const keys = (t: Tracer) => [t.encoded("product"), t.table("prices").encoded("product")] as const;
  /** A group with the sum of a column of the other table. */
  function grouped(t: Tracer, member: SecretBit<"column">, value: Secret<"column">, name = "g"): Group {
    const group = t.group(name, member);
    t.output(`count_${name}`, t.count(member), group);
    t.output(`sum_${name}`, t.dot(t.number(member), value), group);
    return group;
  }

  it("are of rows with partners of their own: matched once, restricted by `and`", () => {
    const accepted: ((t: Tracer) => void)[] = [
      (t) => {
        const match = t.matchOnce(...keys(t));
        grouped(t, t.matched(match), t.lookUp(match, t.table("prices").input("price")));
      },
      (t) => {
        const match = t.matchOnce(...keys(t));
        const kind = t.lookUp(match, t.table("prices").input("kind"));
        for (const index of ["0", "1"]) {
          const member = t.and(t.equal(kind, t.constant(index, 0)), t.matched(match));
          grouped(
            t,
            member,
            t.multiply(t.input("quantity"), t.lookUp(match, t.table("prices").input("price"))),
            `g${index}`,
          );
        }
      },
      // A match that no group depends on may be as it likes.
      (t) => {
        t.match(...keys(t));
        const few = t.less(t.encoded("quantity"), t.constant("10", 0));
        grouped(t, few, t.input("quantity"));
      },
    ];
    for (const body of accepted) expect(codeOfBody(body, minimum)).to.equal("none");
  });

  it("are refused where many of their rows could be one of another table, or none", () => {
    const few = (t: Tracer) => t.less(t.encoded("quantity"), t.constant("10", 0));
    const refused: ((t: Tracer) => void)[] = [
      // Five rows could have one partner, whose price is five times summed.
      (t) => {
        const match = t.match(...keys(t));
        grouped(t, t.matched(match), t.lookUp(match, t.table("prices").input("price")));
      },
      // One row of five could have a partner at all.
      (t) => grouped(t, few(t), t.lookUp(t.matchOnce(...keys(t)), t.table("prices").input("price"))),
      (t) => grouped(t, t.not(t.matched(t.matchOnce(...keys(t)))), t.input("quantity")),
      (t) => grouped(t, t.or(few(t), t.matched(t.matchOnce(...keys(t)))), t.input("quantity")),
      (t) => {
        const kind = t.lookUp(t.matchOnce(...keys(t)), t.table("prices").input("kind"));
        grouped(t, t.equal(kind, t.constant("0", 0)), t.input("quantity"));
      },
      // All groups or none: what the rows of one leave over of the other table is counted as no group's.
      (t) => {
        const matched = t.matched(t.matchOnce(...keys(t)));
        grouped(t, t.and(few(t), matched), t.input("quantity"), "a");
        grouped(t, t.not(few(t)), t.input("quantity"), "b");
      },
      // One match with each table, so that no row is counted in two ways.
      (t) => {
        const [first, second] = [t.matchOnce(...keys(t)), t.matchOnce(t.encoded("quantity"), keys(t)[1])];
        grouped(t, t.and(t.matched(first), t.matched(second)), t.input("quantity"));
      },
      // Partners among the main table's own rows, which are other sellers' rows.
      (t) => {
        const match = t.matchOnce(t.encoded("product"), t.encoded("quantity"));
        grouped(t, t.matched(match), t.input("quantity"));
      },
      // By way of the other table.
      (t) => {
        const there = t.matchOnce(...keys(t));
        const back = t.matchOnce(keys(t)[1], t.encoded("quantity"));
        grouped(t, t.matched(there), t.lookUp(there, t.lookUp(back, t.input("quantity"))));
      },
    ];
    const codes = refused.map((body) => codeOfBody(body, minimum));
    expect(codes).to.deep.equal(Array(refused.length).fill("UnprotectedMatch"));
  });

  it("are rows of the main table, and sums over them", () => {
    const bodies: [(t: Tracer) => void, string][] = [
      [
        (t) => {
          const member = t.table("prices").isCategory("kind", "a") as SecretBit<ColumnShape>;
          t.output("count", t.count(member), t.group("g", member as SecretBit<"column">));
        },
        "NotAGroup",
      ],
      [
        (t) => {
          const cheap = t.less(t.minimum(t.table("prices").encoded("product")), t.constant("10", 0));
          grouped(t, t.and(t.less(t.encoded("quantity"), t.constant("9", 0)), cheap), t.input("quantity"));
        },
        "NotAGroup",
      ],
      [
        (t) => {
          const match = t.matchOnce(...keys(t));
          const group = grouped(t, t.matched(match), t.input("quantity"));
          t.output("all", t.sum(t.table("prices").input("price")), group);
        },
        "OutputOutsideGroup",
      ],
      // A category decides which of the rows are summed over.
      [
        (t) => {
          const match = t.matchOnce(...keys(t));
          grouped(t, t.matched(match), t.lookUp(match, t.table("prices").input("kind")));
        },
        "OutputOutsideGroup",
      ],
      [
        (t) => {
          const match = t.matchOnce(...keys(t));
          grouped(t, t.matched(match), t.lookUp(match, t.prefixSum(t.table("prices").encoded("product"))));
        },
        "OutputOutsideGroup",
      ],
    ];
    for (const [body, code] of bodies) expect(codeOfBody((t) => void body(t), minimum)).to.equal(code);
  });
});

describe("missing values of a further table", () => {
  const optional = {
    ...definition,
    tables: [{ ...prices, columns: [number("product"), { ...number("price", "1000", 2), optional: true as const }] }],
  };
  const known = trace(optional, (t) => {
    const other = t.table("prices");
    const match = t.match(t.encoded("product"), other.encoded("product"));
    t.output("revenue", t.dot(t.lookUp(match, other.encodedOr("price", "0.25")), t.encoded("quantity")));
    t.output("priced", t.count(t.lookUp(match, other.present("price"))));
    t.output("listed", t.sum(other.inputOr("price", "0")));
    t.output("known", t.sum(other.presence("price")));
  });

  it("are read with what stands in for them, row by row of that table, and looked up so", () => {
    const given = new Map([...words].filter(([name]) => name !== "prices.kind"));
    given.set("prices.present", BigUint64Array.of(0n, 0n, 0n));
    given.set("prices.price.present", BigUint64Array.of(1n, 0n, 1n));
    // Products 1, 2, 1, 9, 3 at 0.02, none, 0.02, none, and 0.25 for the one whose price is missing; in quarters of a cent.
    const answer = evaluateWords(known, given, [], rows);
    expect(answer).to.deep.equal([10n * 8n + 20n * 8n + 2n * 1n, 2n, 400n + 8n, 2n, 5n, 3n]);
  });

  it("are disclosed and listed by the table's name", () => {
    expect(disclosureStatement(known))
      .to.include("A row may have no value of prices.price.")
      .and.include("- prices.price: 0.25\n");
    expect(printProgram(known))
      .to.include("encodedOr prices.price, 0.25 where it is missing")
      .and.include("present prices.price :");
    expect(decodeProgram(encodeProgram(known))).to.deep.equal(known);
  });

  it("attack: no column is read as if it were another's presence", () => {
    const columns = [...definition.columns, { ...number("prices"), optional: true as const }];
    const tables = [{ ...prices, columns: [...prices.columns, number("present")] }];
    expect(
      codeOf(() => trace({ ...definition, columns, tables }, (t) => void t.output("o", t.sum(t.presence("prices"))))),
    ).to.equal("IndistinctTables");
  });

  it("attack: no protected figure sums looked-up values that may be missing", () => {
    const body = (read: (other: ReturnType<Tracer["table"]>) => Secret<ColumnShape>) => (t: Tracer) => {
      const other = t.table("prices");
      const match = t.matchOnce(t.encoded("product"), other.encoded("product"));
      const member = t.matched(match);
      const price = t.lookUp(match, read(other) as Secret<"column of prices">);
      t.output("o", t.dot(t.number(member), price), t.group("all", member));
    };
    const coded = (of: typeof optional, read: Parameters<typeof body>[0]) =>
      codeOf(() => trace({ ...of, protection: minimum }, body(read)));
    expect(coded(optional, (other) => other.inputOr("price", "0"))).to.equal("PresenceNotImplied");
    expect(
      codeOf(() =>
        trace(
          { ...definition, protection: minimum },
          body((other) => other.input("price")),
        ),
      ),
    ).to.equal("none");
  });
});
