import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { disclosureHash, disclosureStatement } from "@sharebridge/algorithms/language/disclosure.ts";
import { encodeProgram, programHash } from "@sharebridge/algorithms/language/encode.ts";
import { joinedStatistics } from "@sharebridge/algorithms/library/joined-statistics.ts";
import { payGap } from "@sharebridge/algorithms/library/pay-gap.ts";
import { welchTTest } from "@sharebridge/algorithms/library/welch-t-test.ts";
import { costOfProgram } from "@sharebridge/mpc-nodes/vm/cost.ts";
import type { Io } from "@sharebridge/sdk/cli/io.ts";
import { expect } from "chai";
import { airQualityCsv, days, MONTHS, OZONE_IN_R } from "../../algorithms/support/air-quality.ts";
import { expectCloseTo } from "../../support/close-to.ts";
import { ran } from "../support/run-cli.ts";
import { startWorld, type World } from "../support/world.ts";

const tsc = fileURLToPath(new URL("../../../node_modules/typescript/bin/tsc", import.meta.url));

describe("sharebridge algorithm", function () {
  this.timeout(60_000);
  let folder: string;

  const run = (line: string, env: Io["env"] = {}, signal?: AbortSignal) =>
    ran(`algorithm ${line}`, folder, { env, ...(signal === undefined ? {} : { signal }) });
  const write = (name: string, text: string | Uint8Array) => writeFile(join(folder, name), text);
  /** Code and sentence of a command that is refused. */
  const refusal = async (line: string): Promise<{ code: string; message: string }> => {
    const { code, document } = await run(`${line} --json`);
    expect(code, JSON.stringify(document)).to.equal(document.error?.code === "Usage" ? 2 : 1);
    return document.error;
  };
  /** A module whose program is `body`, over one column with these fraction bits. */
  const moduleOf = (body: string, fractionBits = 20) => `import { expression, trace } from "@sharebridge/algorithms";
const wage = { name: "wage", kind: "number", fractionBits: ${fractionBits}, minimum: "0", maximum: "1000" } as const;
export default trace({ name: "test", description: "Test.", columns: [wage], maximumRows: 1_000_000 }, (t) => {
${body}
});
`;
  const SUM = '  t.output("total", t.sum(t.input("wage")));';

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "sharebridge-algorithm-"));
    expect((await run("new mean_wage")).code).to.equal(0);
  });
  after(() => rm(folder, { recursive: true }));

  describe("new", () => {
    it("writes a module that every other command takes, and a table that fits it", async () => {
      const { code, document } = await run("new hours_2 --folder deep/er --json");
      expect(code).to.equal(0);
      expect(document).to.deep.equal({ module: "deep/er/hours_2.ts", table: "deep/er/hours_2.csv" });
      const checked = await run("check deep/er/hours_2.ts --json");
      expect(checked.document).to.include({ name: "hours_2", maximumRows: 1_000_000 });
      const ran = await run("run deep/er/hours_2.ts --data deep/er/hours_2.csv --param least_hours=10 --json");
      expect([ran.code, ran.document.within]).to.deep.equal([0, true]);
    });

    it("writes a module that compiles under this project's own settings", async () => {
      const inside = await mkdtemp(fileURLToPath(new URL("template-", import.meta.url)));
      try {
        expect((await run(`new compiled --folder ${inside}`)).code).to.equal(0);
        const settings = { extends: "../../../../tsconfig.json", include: ["compiled.ts"] };
        await writeFile(join(inside, "tsconfig.json"), JSON.stringify(settings));
        const { code, out } = await new Promise<{ code: unknown; out: string }>((resolve) => {
          execFile(process.execPath, [tsc, "-p", inside], (error, stdout) =>
            resolve({ code: error?.code ?? 0, out: stdout }),
          );
        });
        expect(code, out).to.equal(0);
      } finally {
        await rm(inside, { recursive: true });
      }
    });

    it("overwrites nothing and takes only a program's name", async () => {
      expect((await refusal("new mean_wage")).code).to.equal("FileExists");
      expect((await refusal("new Mean-Wage")).code).to.equal("Usage");
      await write("file", "");
      expect((await refusal("new other --folder file")).code).to.equal("FileUnreadable");
    });
  });

  describe("check", () => {
    it("says id, rows and errors; the same for module and encoding", async () => {
      const { out, code } = await run("check mean_wage.ts");
      expect(code).to.equal(0);
      expect(out).to.match(/^mean_wage 0x[0-9a-f]{64}\n.*nothing overflows up to 1000000 rows\n/);
      expect(out).to.match(/chosen {2}exact\n +wages {3}± 0\.476838\n$/);
      await write("pay-gap.json", encodeProgram(payGap));
      expect((await run("check pay-gap.json --json")).document.hash).to.equal(programHash(payGap));
    });

    it("says noise beside the error, what an answer costs, and the line whose sensitivity is not proven", async () => {
      const module = (body: string) => moduleOf(body).replace("maximumRows:", 'privacy: { unit: "row" }, maximumRows:');
      await write("noisy.ts", module('  t.output("total", t.laplace(t.sum(t.input("wage")), { epsilon: "0.5" }));'));
      const { out, code } = await run("check noisy.ts");
      expect(code).to.equal(0);
      expect(out).to.match(/ {4}total {2}± [\d.]+, with its noise ± [\d.]+ in 95 answers of 100\n/);
      expect(out).to.match(/ {2}private by row: epsilon 0\.5 and delta 0\.\d+ an answer\n$/);
      const { document } = await run("check noisy.ts --json");
      expect(document.privacy).to.include({ epsilonMillionths: "500000", unit: "row" });
      expect(document.outputs[0]).to.have.keys("name", "absoluteError", "likelyError");
      const ran = await run("run noisy.ts --data mean_wage.csv");
      expect(ran.out).to.match(/declared error +with noise\n/);
      expect(ran.out).to.contain("The committee's outputs have noise").and.to.contain("within their declared errors");
      await write("least.ts", module('  t.output("a", t.laplace(t.minimum(t.input("wage")), { epsilon: "1" }));'));
      expect((await refusal("check least.ts")).message).to.match(
        /^UnprovenSensitivity: instruction 2 \(laplace\).*least\.ts:4\)$/,
      );
    });

    it("takes a program of the library by its name", async () => {
      expect((await run("check pay_gap --json")).document.hash).to.equal(programHash(payGap));
      expect((await refusal("check pay_gaps")).message).to.include("none of a name of the standard library");
    });

    it("names the line that is refused", async () => {
      await write(
        "overflow.ts",
        moduleOf(`  const x = t.input("wage");\n  const s = t.multiply(x, x);\n  t.output("a", t.sum(s));`, 30),
      );
      const { code, document } = await run("check overflow.ts --json");
      expect(code).to.equal(1);
      expect(document.error).to.include({ code: "ProgramRefused", programCode: "Overflow" });
      expect(document.error.site).to.include({ file: join(folder, "overflow.ts"), line: 5 });
      expect((await run("check overflow.ts")).err).to.match(/^Error: Overflow: instruction 1 .*overflow\.ts:5\)\n$/);
      await write("mixed.ts", moduleOf('  t.output("a", t.sum(t.add(t.input("wage"), t.rows())));'));
      expect((await refusal("check mixed.ts")).message).to.match(/^MixedScales: .*mixed\.ts:4\)$/);
    });

    it("refuses what is no module, and modules that export no program", async () => {
      expect((await refusal("check missing.ts")).message).to.equal("The module missing.ts does not exist.");
      expect((await refusal("check mean_wage.csv")).code).to.equal("Usage");
      for (const [text, why] of [
        ["export const x = 1;", "no default export"],
        ["export default 3;", "something else"],
        ["export default null;", "something else"],
      ]) {
        await write("none.ts", text);
        const { code, message } = await refusal("check none.ts");
        expect([code, message]).to.satisfy(([c, m]: string[]) => c === "NotAProgram" && m.includes(why), message);
      }
      await write("forged.ts", "export default { version: 2, instructions: [] };");
      expect((await refusal("check forged.ts")).message).to.match(/^InvalidShape: /);
      // By hand instead of by trace: analysed all the same.
      await write("by-hand.ts", `export default ${JSON.stringify({ ...payGap, maximumRows: 10_000_000 })};`);
      expect((await refusal("check by-hand.ts")).message).to.match(/^Overflow: /);
    });

    it("refuses encodings that nodes would refuse", async () => {
      const bytes = new TextDecoder().decode(encodeProgram(payGap));
      await write("spaced.json", bytes.replace(":", ": "));
      expect((await refusal("check spaced.json")).message).to.match(/^NonCanonical: byte \d+/);
      await write("text.json", "no");
      expect((await refusal("check text.json")).message).to.match(/^NotJson: /);
      await write("long.json", " ".repeat(70_000));
      expect((await refusal("check long.json")).code).to.equal("FileUnreadable");
    });

    it("says why a module failed", async () => {
      await write("throws.ts", '\nthrow new TypeError("no wages");');
      const thrown = await refusal("check throws.ts");
      expect(thrown).to.deep.equal({
        code: "ModuleFailed",
        message: `The module throws.ts failed: TypeError: no wages (${join(folder, "throws.ts")}:2)`,
      });
      await write("syntax.ts", "export default trace(");
      expect((await refusal("check syntax.ts")).code).to.equal("ModuleFailed");
      await mkdir(join(folder, "common"));
      await write("common/package.json", '{ "type": "commonjs" }');
      await write("common/total.ts", moduleOf(SUM));
      expect((await refusal("check common/total.ts")).message).to.include("give it the ending .mts");
      await write("common/total.mts", moduleOf(SUM));
      expect((await run("check common/total.mts")).code).to.equal(0);
      await write("exits.ts", "process.exit(0);");
      expect((await refusal("check exits.ts")).message).to.contain("with code 0");
    });

    it("ends a module that never ends, and one that waits for ever", async () => {
      await write("loops.ts", "while (true);");
      expect((await refusal("check loops.ts --timeout 1.5")).code).to.equal("ModuleTimedOut");
      await write("waits.ts", "setInterval(() => {}, 1000); await new Promise(() => {});");
      expect((await refusal("check waits.ts --timeout 1.5")).code).to.equal("ModuleTimedOut");
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 500);
      const interrupted = await run("check loops.ts --json", {}, stop.signal);
      expect(interrupted.document.error.code).to.equal("Aborted");
      expect((await run("check loops.ts --timeout never")).code).to.equal(2);
    });

    it("gives a module no environment, no other folder, no file to write, no process", async () => {
      await write(
        "env.ts",
        `if (process.env.SHAREBRIDGE_PRIVATE_KEY !== undefined) throw new Error("has the key");\n${moduleOf(SUM)}`,
      );
      process.env.SHAREBRIDGE_PRIVATE_KEY = "0x11";
      try {
        expect((await run("check env.ts", { SHAREBRIDGE_PRIVATE_KEY: "0x11" })).code).to.equal(0);
      } finally {
        delete process.env.SHAREBRIDGE_PRIVATE_KEY;
      }
      for (const attempt of [
        'import { readFileSync } from "node:fs"; readFileSync("/etc/hostname");',
        'import { writeFileSync } from "node:fs"; writeFileSync("written", "");',
        'import { execSync } from "node:child_process"; execSync("ls");',
      ]) {
        await write("reaches.ts", attempt);
        expect((await refusal("check reaches.ts")).message, attempt).to.contain(
          "Access to this API has been restricted",
        );
      }
    });

    it("keeps stdout for the result: what a module prints goes to stderr, up to a limit", async () => {
      await write("prints.ts", `console.log("tracing"); console.log("x".repeat(1_000_000));\n${moduleOf(SUM)}`);
      const { code, document, err } = await run("check prints.ts --json");
      expect([code, document.name]).to.deep.equal([0, "test"]);
      expect(err)
        .to.match(/^tracing\n/)
        .and.to.have.length.at.most(65_536);
    });
  });

  describe("inspect, disclosure, cost", () => {
    it("print a program of the library by its hash, without a network", async () => {
      const hash = programHash(welchTTest);
      expect((await run(`inspect ${hash}`)).out).to.contain(`program ${welchTTest.name} ${hash}`);
      const { document } = await run(`disclosure ${hash} --json`);
      expect(document).to.deep.equal({
        hash,
        disclosureHash: disclosureHash(welchTTest),
        statement: disclosureStatement(welchTTest),
      });
      expect((await refusal(`inspect 0x${"0".repeat(64)}`)).code).to.equal("FileUnreadable"); // No network file here.
    });

    it("print the encoding, which is read again as the same program", async () => {
      const { out } = await run("inspect mean_wage.ts --encoding");
      await write("mean_wage.json", out);
      const [module, encoding] = [await run("inspect mean_wage.ts --json"), await run("inspect mean_wage.json --json")];
      expect(encoding.document).to.deep.equal(module.document);
    });

    it("count the cost, and estimate seconds by the stated model", async () => {
      const hash = programHash(payGap);
      const { document } = await run(`cost ${hash} --rows 1000 --throughput 8 --latency 50 --json`);
      const { rounds, bytesSent } = await costOfProgram(payGap, 1_000);
      expect(document).to.deep.include({ rows: 1_000, rounds, bytesSent: [...bytesSent] });
      expectCloseTo(document.seconds, Math.max(...bytesSent) / 1e6 + rounds * 0.05, 1e-12);
      expect((await run(`cost ${hash}`)).out).to.match(/on 1000000 rows: \d+ rounds\n/);
      expect((await refusal(`cost ${hash} --rows 1000001`)).code).to.equal("Usage");
      expect((await refusal(`cost ${hash} --rows 0`)).code).to.equal("Usage");
      expect((await run(`cost ${hash} --throughput -1`)).code).to.equal(2);
    });
  });

  describe("run", () => {
    it("compares the analyst's figures, words in the clear and the committee", async () => {
      const line = "run mean_wage.ts --data mean_wage.csv,mean_wage.csv --param least_hours=10";
      const { code, document } = await run(`${line} --json`);
      expect([code, document.rows, document.within]).to.deep.equal([0, 16, true]);
      expect(document.outputs[0]).to.include({
        name: "chosen",
        real: 12,
        clear: 12,
        committee: 12,
        absoluteError: "0",
      });
      expectCloseTo(document.outputs[1].real, 2 * (12.5 + 9.75 + 21 + 14.2 + 30.1 + 11), 1e-9);
      expect(document.committee.bytesSent).to.have.length(4);
      expect((await run(line)).out)
        .to.contain("Mean wage of those chosen")
        .and.to.match(/All outputs are within their declared errors\.\n$/);
    });

    it("takes logarithms and categories as the SDK does", async () => {
      await write("workers.csv", "Wage,sex\n5.1,female\n20,male\n7.25,female\n9,male\n");
      const { code, document, err } = await run(`run ${programHash(payGap)} --data workers.csv --json`);
      expect([code, document.within], err).to.deep.equal([0, true]);
    });

    it("takes missing values: empty cells, and the texts that are named, of tables of several sellers", async () => {
      await write(
        "ozone.ts",
        `import { groupStatisticsOf } from "@sharebridge/algorithms";
export default groupStatisticsOf({
  name: "ozone_by_month",
  column: { name: "ozone", kind: "number", fractionBits: 20, minimum: "0", maximum: "200", optional: true },
  group: { name: "month", kind: "category", categories: ${JSON.stringify(MONTHS)} },
  squareBitsCut: 20,
  maximumRows: 1_000,
});
`,
      );
      await write("ozone.csv", airQualityCsv);
      await write("empty.csv", airQualityCsv.replaceAll("NA", ""));
      const { code, document, err } = await run("run ozone.ts --data ozone.csv,empty.csv --missing NA,nil --json");
      expect([code, document.within, document.rows], err).to.deep.equal([0, true, 2 * days.length]);
      const figures: { figure: { name: string; value: number }; real: number }[] = document.figures;
      OZONE_IN_R.forEach(({ days: count, mean }, index) => {
        const of = (name: string) => figures.find(({ figure }) => figure.name === `${name}_${index}`);
        expect(of("rows")?.figure.value).to.equal(2 * count);
        expectCloseTo(of("mean")?.figure.value, mean, 1e-5);
        expectCloseTo(of("mean")?.real, mean, 1e-5);
      });
      const unnamed = await refusal("run ozone.ts --data ozone.csv");
      expect(unnamed).to.include({ code: "NotANumber", row: 5, column: "ozone" });
    });

    it("takes each file as the table whose columns it has, of a program of several", async () => {
      const hash = programHash(joinedStatistics);
      const levels = ["high school", "college"];
      const people = Array.from({ length: 24 }, (_, row) => row);
      const csv = (header: string, lines: readonly string[]) => `${[header, ...lines].join("\n")}\n`;
      const halves = [people.slice(0, 12), people.slice(12)];
      for (const [index, half] of halves.entries()) {
        await write(
          `wages${index}.csv`,
          csv(
            "Person,Wage",
            half.map((person) => `${person},${person + 1}`),
          ),
        );
        const known = half.map((person) => `${23 - person},${levels[(23 - person) % 2]}`);
        await write(`levels${index}.csv`, csv("person,education_level", known));
      }
      const line = `run ${hash} --data wages0.csv,levels0.csv,levels1.csv,wages1.csv`;
      const { code, document } = await run(`${line} --json`);
      expect([code, document.rows, document.within]).to.deep.equal([0, [24, 24], true]);
      // The first of the two groups that have rows goes with those that have none.
      const found = document.outputs.map(({ committee }: { committee: number }) => committee);
      expect(found.slice(9, 11)).to.deep.equal([12, 156]);
      expect(found.slice(0, 9)).to.deep.equal(Array(9).fill(0));
      expect((await run(line)).out).to.contain("wage_by_joined_education on 24 and 24 rows\n");
      await write("both.csv", "person,wage,education_level\n1,2,college\n");
      expect((await refusal(`run ${hash} --data both.csv`)).code).to.equal("AmbiguousTable");
      expect((await run(`cost ${hash} --rows 1000,500 --json`)).document.rows).to.deep.equal([1_000, 500]);
      expect((await refusal(`cost ${hash} --rows 1000`)).code).to.equal("Usage");
      await write("joined.json", encodeProgram(joinedStatistics));
      const summary = (await run("check joined.json")).out;
      expect(summary).to.contain("nothing overflows up to 1000000 rows and 1000000 of education\n");
    });

    it("refuses tables that do not fit, naming file, row and column but not the value", async () => {
      await write("short.csv", "wage\n5\n");
      expect((await refusal("run mean_wage.ts --data short.csv --param least_hours=1")).code).to.equal("MissingColumn");
      await write("wide.csv", "wage,hours\n5,10\n1234567,10\n");
      const wide = await refusal("run mean_wage.ts --data mean_wage.csv,wide.csv --param least_hours=1");
      expect(wide).to.include({ code: "OutOfRange", row: 2, column: "wage" });
      expect(wide.message)
        .to.match(/^wide\.csv: Row 2/)
        .and.not.to.contain("1234567");
      expect((await refusal("run mean_wage.ts --data none.csv --param least_hours=1")).code).to.equal("FileUnreadable");
      await write("few.ts", moduleOf(SUM).replace("1_000_000", "10"));
      expect((await refusal("run few.ts --data mean_wage.csv,mean_wage.csv")).code).to.equal("TooManyRows");
    });

    it("refuses parameters that the program does not take", async () => {
      expect((await refusal("run mean_wage.ts --data mean_wage.csv")).code).to.equal("InvalidParameters");
      expect((await refusal("run mean_wage.ts --data mean_wage.csv --param least_hours=200")).code).to.equal(
        "InvalidParameters",
      );
      expect((await run("run mean_wage.ts")).code).to.equal(2);
    });
  });

  describe("register", () => {
    let world: World;
    before(async () => {
      world = await startWorld();
      await write("devnet.json", JSON.stringify(world.networkFile));
    });
    after(() => world.stop());

    it("registers with the program's own disclosure statement, once", async () => {
      const line = "register mean_wage.ts --uri https://example.org/mean_wage.json";
      const { code, document, err } = await run(`${line} --account stranger --json`);
      expect(code, JSON.stringify(document)).to.equal(0);
      expect(err).to.match(/^Announcing .*\nRegistering it\n$/);
      const author = world.wallets.stranger.address;
      expect(document).to.include({ name: "mean_wage", author, sent: true });
      const statement = (await run("disclosure mean_wage.ts")).out;
      const found = await world.connection.algorithms.algorithmOf(document.algorithm);
      expect([found.author, found.uri]).to.deep.equal([author, "https://example.org/mean_wage.json"]);
      expect((await run("disclosure mean_wage.ts --json")).document).to.deep.include({
        disclosureHash: found.disclosureHash,
        statement,
      });
      expect((await run(`${line} --account stranger`)).out).to.contain("was registered before");
      const { code: again, message } = await refusal(`${line} --account buyer`);
      expect(again).to.equal("AlreadyRegistered");
      expect(message).to.contain(author);
    });

    it("sends nothing for what is refused", async () => {
      const nonce = () => world.connection.provider.getTransactionCount(world.wallets.stranger.address);
      const before = await nonce();
      await write("refused.ts", moduleOf('  t.output("a", t.input("wage"));'));
      expect((await refusal("register refused.ts --account stranger")).code).to.equal("ProgramRefused");
      await write("fine.ts", moduleOf(SUM));
      const uri = "u".repeat(1_025);
      expect((await refusal(`register fine.ts --uri ${uri} --account stranger`)).code).to.equal("UriTooLong");
      expect((await refusal("register fine.ts")).code).to.equal("NoSigner");
      expect(await nonce()).to.equal(before);
    });

    it("finds programs that the network file points to, by hash", async () => {
      const { out } = await run("inspect mean_wage.ts --encoding");
      const hash = programHash(new TextEncoder().encode(out.trimEnd()));
      expect((await refusal(`inspect ${hash}`)).code).to.equal("UnknownProgram");
      await write(`${hash}.json`, out.trimEnd());
      await write("here.json", JSON.stringify({ ...world.networkFile, programs: "." }));
      expect((await run(`inspect ${hash} --network here.json`)).out).to.contain("program mean_wage");
      expect(await readFile(join(folder, `${hash}.json`), "utf8")).to.equal(out.trimEnd());
    });
  });
});
