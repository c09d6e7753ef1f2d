/** docs/protocol.md is held to the code: every figure of its tables, the bounds it states, the files and pages it names. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { COIN_TOSS_BYTES, COIN_TOSS_ROUNDS } from "@sharebridge/mpc-nodes/protocol/coin-toss.ts";
import { costOf } from "@sharebridge/mpc-nodes/protocol/dry/dry-mpc.ts";
import { MAX_KEPT_BYTES } from "@sharebridge/mpc-nodes/protocol/evidence.ts";
import type { Mpc } from "@sharebridge/mpc-nodes/protocol/mpc.ts";
import { STEP_BYTES, WINDOW_STEPS } from "@sharebridge/mpc-nodes/protocol/steps.ts";
import { TAG_BYTES } from "@sharebridge/mpc-nodes/protocol/tags.ts";
import { expect } from "chai";
import { functions, primitives, solve } from "../mpc-nodes/protocol/priced.ts";

const ROOT = new URL("../../", import.meta.url);
const PAGE = new URL("docs/protocol.md", ROOT);
const ROWS = 100_000;
let page = readFileSync(PAGE, "utf8");

/** Cells of the table whose header begins with `first`. */
function table(first: string): string[][] {
  const lines = page.split("\n");
  const start = lines.findIndex((line) => line.startsWith(`| ${first} |`));
  expect(start, `a table that begins with ${first}`).to.be.at.least(0);
  const rows: string[][] = [];
  for (let at = start + 2; lines[at]?.startsWith("|"); at++) {
    rows.push(
      lines[at]!.slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );
  }
  return rows;
}

const grouped = (digits: string): string => digits.replace(/\B(?=(\d{3})+$)/g, ",");

function perRow(bytes: number): string {
  const [whole, tenths] = (bytes / ROWS).toFixed(1).split(".");
  return `${grouped(whole!)}.${tenths}`;
}

async function cells(run: (mpc: Mpc) => Promise<unknown>, shown: (bytes: number) => string): Promise<string[]> {
  const { rounds, bytesSent } = await costOf(run);
  const total = bytesSent.reduce((sum, bytes) => sum + bytes, 0);
  return [grouped(String(rounds)), ...[total, ...bytesSent].map(shown)];
}

const priced = { ...primitives, ...functions };
const bytesShown = (bytes: number): string => grouped(String(bytes));

/** UPDATE_SNAPSHOTS=1: writes the figures of both tables anew. */
async function rewriteTables(): Promise<void> {
  const rewrite = (first: string, [name, ...old]: readonly string[], figures: readonly string[]): void => {
    const head = page.indexOf(`| ${first} |`);
    const line = `| ${[name, ...old].join(" | ")} |`;
    const at = page.indexOf(line, head);
    page = `${page.slice(0, at)}| ${[name, ...figures].join(" | ")} |${page.slice(at + line.length)}`;
  };
  for (const row of table("operation")) {
    const run = priced[row[0]!.slice(1, -1)]!;
    rewrite("operation", row, await cells((mpc) => run(mpc, ROWS), perRow));
  }
  for (const row of table("equations")) {
    rewrite("equations", row, await cells((mpc) => solve(mpc, Number(row[0])), bytesShown));
  }
  writeFileSync(PAGE, page);
}

if (process.env.UPDATE_SNAPSHOTS === "1") await rewriteTables();

describe("docs: the protocols", () => {
  const rows = table("operation");

  it("the table prices every operation, and no other", () => {
    expect(rows.map(([name]) => name)).to.deep.equal(Object.keys(priced).map((name) => `\`${name}\``));
  });

  for (const [name, ...figures] of rows) {
    it(`what ${name} costs`, async () => {
      const run = priced[name!.slice(1, -1)]!;
      expect(figures).to.deep.equal(await cells((mpc) => run(mpc, ROWS), perRow));
    });
  }

  it("what a linear system costs", async () => {
    for (const [size, ...figures] of table("equations")) {
      const actual = await cells((mpc) => solve(mpc, Number(size)), bytesShown);
      expect(figures, `${size} equations`).to.deep.equal(actual);
    }
  });

  it("the ANDs of a comparison, of equality and of all bits: what goes beyond the addends, at six bits each", async () => {
    const bits = async (name: string): Promise<number> => {
      const { bytesSent } = await costOf((mpc) => priced[name]!(mpc, 64 * 1000));
      return bytesSent.reduce((sum, bytes) => sum + bytes, 0) / 8000;
    };
    const addends = await bits("addends, 64 planes");
    for (const [name, ands] of [
      ["lessThan", 118],
      ["equal", 63],
      ["toBits, 64 planes", 310],
    ] as const) {
      expect(Math.round(((await bits(name)) - addends) / 6), name).to.equal(ands);
      expect(page).to.include(String(ands));
    }
  });

  it("the bounds that it states", () => {
    expect(page).to.include(`${COIN_TOSS_ROUNDS} rounds, ${grouped(String(COIN_TOSS_BYTES))} bytes a party`);
    expect(page).to.include(`steps of ${STEP_BYTES / 1024} KiB a message`);
    expect(page).to.include(`at most ${WINDOW_STEPS} steps beyond`);
    expect(page).to.include(`a ${TAG_BYTES}-byte tag`);
    expect(page).to.include(`Beyond ${MAX_KEPT_BYTES / 2 ** 20} MiB`);
    // Two messages of a truncation share roles and so a tag.
    expect(Math.log2((2 * STEP_BYTES) / 16) - 128, "log2 of the probability of a forgery").to.equal(-113);
    expect(page).to.include("2^−113");
  });

  it("files and pages that it names exist", () => {
    for (const [, link] of page.matchAll(/\]\(([^)#]+)\)/g)) {
      expect(existsSync(new URL(`docs/${link}`, ROOT)), link).to.equal(true);
    }
    const folders = ["", "mpc-nodes/", "mpc-nodes/protocol/", "mpc-nodes/protocol/functions/"];
    const tests = ["test/mpc-nodes/protocol/", "test/mpc-nodes/"];
    for (const [, file] of page.matchAll(/`([a-z0-9/.-]+\.ts)`/g)) {
      const found = [...folders, ...tests].some((folder) => existsSync(new URL(folder + file, ROOT)));
      expect(found, file).to.equal(true);
    }
  });
});
