/** docs/algorithms.md is held to the code: its examples run as they stand, its tables name what there is. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as algorithms from "@sharebridge/algorithms";
import { Tracer } from "@sharebridge/algorithms/language/builder.ts";
import { largestRows } from "@sharebridge/algorithms/language/tables.ts";
import * as libraryModule from "@sharebridge/algorithms/library/index.ts";
import { costOfProgram } from "@sharebridge/mpc-nodes/vm/cost.ts";
import { runCli } from "@sharebridge/sdk/cli/run-cli.ts";
import { expect } from "chai";
import { startWorld } from "../sdk/support/world.ts";

const ROOT = new URL("../../", import.meta.url);
const page = readFileSync(new URL("docs/algorithms.md", ROOT), "utf8");

/** What an example prints, run in a file of its own in the project's folder. */
function printed(example: string): string {
  const folder = mkdtempSync(fileURLToPath(new URL("test/docs/example-", ROOT)));
  try {
    const file = `${folder}/example.ts`;
    writeFileSync(file, example);
    return execFileSync(process.execPath, [file], { encoding: "utf8" });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The first cells of the table whose header begins so. */
function firstCells(header: string): string[] {
  const lines = page.split("\n");
  const start = lines.findIndex((line) => line.startsWith(header));
  expect(start).to.be.at.least(0);
  const cells: string[] = [];
  for (let at = start + 2; lines[at]?.startsWith("|"); at++) cells.push(lines[at].split("|")[1].trim());
  return cells;
}

describe("docs: for algorithm authors", () => {
  const examples = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, text]) => text);

  it("the examples run", () => {
    const [mean, filter, groups, noise, gaps, ordered, tables, looped, own, ...others] = examples.map(printed);
    expect(others).to.deep.equal([]);
    expect(mean).to.match(/^0x[0-9a-f]{64}\n/);
    expect(mean).to.include('figure mean "Mean wage" = total / rows');
    expect(mean).to.include("Disclosure statement of program mean_wage");
    expect(filter).to.include("'chosen: error at most 0'").and.include("'wages: error at most 0.0002");
    expect(filter).to.include("%2 = less %0 %1 : secret column of bits");
    expect(filter).to.include("It takes as exact, after rounding: education to a multiple of 2^-4.");
    expect(filter).to.include("The buyer's parameters take part in a comparison");
    expect(ordered).to.include("order by %2 descending, %3 : secret order of rows");
    expect(ordered).to.match(/cheapest, .* reveals individual values/);
    expect(ordered).to.match(/cost: [1-9][0-9] rounds/);
    expect(noise).to.include("epsilonMillionths: 1000000n").and.include("unit: 'row'");
    expect(noise).to.match(/secret scalars with Laplace noise, scale 4 words for a sensitivity of 2 \(L1\)/);
    expect(noise).to.match(/wages_yes: within [\d.]+ in 95 answers of 100/);
    expect(noise).to.include("All together epsilon 1 and delta 0.000001");
    expect(looped).to.include("106 instructions are run\n").and.include("repeat 11 times, as far as %");
    expect(looped).to.include("It compares wage with numbers that it finds by comparing");
    expect(looped).to.include("Individual values are revealed as said above");
    expect(own).to.include("The buyer's own numbers, which nobody else sees");
    expect(own).to.include("- weight: number from -10 to 10, 8 fraction bits");
    expect(tables).to.include("%2 = match (%0) with (%1) : secret partners of rows in table prices");
    expect(tables).to.include("Revenue: 235\nPart of the sales that have a price: 0.75\nProducts with a price: 2\n");
    expect(groups).to.include("Minimum group: 3 rows of 2 sellers, at most 80 % of them of one");
    expect(groups).to.include("Mean wage, north: group north is too small");
    expect(groups).to.include("Mean wage, south: 15\n");
    expect(groups).to.include("Mean wage, west: group west is too small");
    expect(gaps).to.include("inputOr wage, 0 where it is missing");
    expect(gaps).to.include("- union: no category\n");
    expect(gaps).to.match(/Mean wage, union: 15\nMean wage, others: 45\n$/);
  }).timeout(20_000);

  it("the author's path is as it is written", async () => {
    const [, block] = /## From `new` to `register`.*?```\n(.*?)```/s.exec(page)!;
    const world = await startWorld();
    const folder = mkdtempSync(join(tmpdir(), "sharebridge-docs-"));
    try {
      writeFileSync(join(folder, "devnet.json"), JSON.stringify(world.networkFile));
      const printed: string[] = [];
      for (const line of block!.trimEnd().split("\n")) {
        const [, command, file] = /^sharebridge (.*?)(?: > (\S+))?(?: +#.*)?$/.exec(line)!;
        const shown = { out: "", err: "" };
        const show = (stream: "out" | "err") => (text: string) => {
          shown[stream] += text;
        };
        const io = {
          ...{ env: {}, home: folder, workingFolder: folder, isTerminal: false, signal: new AbortController().signal },
          ...{ stdout: show("out"), stderr: show("err") },
        };
        expect(await runCli(command!.split(" "), io), `${line}\n${shown.out}${shown.err}`).to.equal(0);
        if (file === undefined) printed.push(shown.out);
        else writeFileSync(join(folder, file), shown.out);
      }
      const [, , inspected, , , ran, registered] = printed;
      expect(ran).to.contain("All outputs are within their declared errors.");
      const [, hash] = /program mean_wage (0x\w+)/.exec(inspected!)!;
      expect(registered).to.contain(`mean_wage ${hash} is registered`);
      const encoding = readFileSync(join(folder, "mean_wage.json"), "utf8").trimEnd();
      expect(algorithms.programHash(new TextEncoder().encode(encoding))).to.equal(hash);
      expect((await world.connection.algorithms.algorithmOf(hash!)).author).to.equal(world.wallets.author.address);
    } finally {
      rmSync(folder, { recursive: true });
      await world.stop();
    }
  }).timeout(60_000);

  it("the tables of decisions, noise, orders and functions name every one of them, and nothing else", () => {
    const tables = [
      "| | gives | costs |",
      "| of optional columns | gives | costs |",
      "| of rows in order | gives | costs |",
      "| of two tables | gives | costs |",
      "| function | result | domain, proven before anything runs | error that it adds |",
      "| | adds | private for |",
    ];
    const named = tables.flatMap(firstCells).flatMap((cell) => [...cell.matchAll(/`(\w+)/g)].map(([, name]) => name));
    const known = Object.getOwnPropertyNames(Tracer.prototype);
    expect(known).to.include.members(named);
    const others = [
      "constructor",
      "traced",
      "input",
      "encoded",
      "indicator",
      "parameter",
      "privateInput",
      "constant",
      "rows",
    ];
    const systems = ["solve", "unknown", "certified", "computed", "secret", "repeat"];
    const arithmetic = ["add", "subtract", "multiply", "truncate", "sum", "dot", "output", "finish", "step", "group"];
    expect([...named, ...others, ...systems, ...arithmetic]).to.have.members(known);
  });

  it("the table of the library names every program, and how to make others", () => {
    expect(firstCells("| program | opens |")).to.deep.equal(
      [...algorithms.library.keys()].map((name) => `\`${name}\``),
    );
    const makers = Object.keys(libraryModule).filter((name) => name.endsWith("Of"));
    expect(makers).to.include("histogramOf");
    for (const name of makers) expect(page, name).to.include(`\`${name}\``);
  });

  it("the costs and errors that it states are those of the programs", async () => {
    for (const [, name, ...stated] of page.matchAll(/^\| `(\w+)` \| (\d+) \| (\d+) \| ([\d.]+) \|$/gm)) {
      const program = algorithms.library.get(name)!;
      const rows = largestRows(program, 100_000);
      const { rounds, bytesSent } = await costOfProgram(program, rows);
      const bytes = Math.round(bytesSent.reduce((sum, each) => sum + each, 0) / rows[0]!);
      const errors = algorithms.analyse(program, rows).outputs.map(({ absoluteError }) => absoluteError);
      const largest = errors.reduce((a, b) => (Number(a) >= Number(b) ? a : b));
      expect(stated, name).to.deep.equal([String(rounds), String(bytes), largest]);
    }
    expect(firstCells("| program on 100,000 rows |")).to.deep.equal(
      [...algorithms.library.keys()].map((name) => `\`${name}\``),
    );
  }).timeout(20_000);

  it("the errors that it names exist", () => {
    const source = ["errors", "satisfies"]
      .map((name) => readFileSync(new URL(`algorithms/language/${name}.ts`, ROOT), "utf8"))
      .join();
    for (const [, code] of page.matchAll(/\(`([A-Z]\w+)`\)/g)) expect(source).to.include(`"${code}"`);
  });
});
