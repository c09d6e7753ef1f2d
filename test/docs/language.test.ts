/** docs/language.md is held to the code: its modules and tables are written to a folder, its commands run there, and print what it shows. */
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Tracer } from "@sharebridge/algorithms/language/builder.ts";
import { runCli } from "@sharebridge/sdk/cli/run-cli.ts";
import { expect } from "chai";

const page = readFileSync(new URL("../../docs/language.md", import.meta.url), "utf8");

/** A number that is computed on shares may differ in its last digits from run to run. */
function isAlike(shown: string, printed: string): boolean {
  if (shown === printed) return true;
  const decimal = /^-?\d+\.\d{6,}$/;
  return decimal.test(shown) && decimal.test(printed) && Math.abs(Number(shown) - Number(printed)) < 1e-6;
}

const wordsOf = (line: string) => line.trim().split(/\s+/);

function isSameLine(shown: string, printed: string): boolean {
  const [left, right] = [wordsOf(shown), wordsOf(printed)];
  return left.length === right.length && left.every((word, at) => isAlike(word, right[at]!));
}

/** Lines as they are shown, "…" standing for any number of lines; widths of columns are not compared. */
function expectPrinted(shown: readonly string[], printed: readonly string[], command: string): void {
  let at = 0;
  let anywhere = false;
  for (const line of shown) {
    if (line === "…") {
      anywhere = true;
      continue;
    }
    const found = printed.findIndex((each, index) => index >= at && isSameLine(line, each));
    expect(found, `${command}\nhas no line\n${line}\nafter line ${at} of\n${printed.join("\n")}`).to.be.at.least(at);
    if (!anywhere) expect(found, `${command}: ${line}`).to.equal(at);
    at = found + 1;
    anywhere = false;
  }
  if (!anywhere) expect(printed.slice(at), command).to.deep.equal([]);
}

describe("docs: the language, by three examples", () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "sharebridge-language-")));
  after(() => rmSync(folder, { recursive: true }));

  const files = [...page.matchAll(/^`([\w.]+)`:\n\n```(?:ts|csv)\n(.*?)```$/gms)];
  const consoles = [...page.matchAll(/^```console\n\$ sharebridge (.*?)\n(.*?)\n```$/gms)];

  it("has two tables, four modules, of which one is refused, and commands", () => {
    expect(files.map(([, name]) => name)).to.deep.equal([
      ...["north.csv", "south.csv", "mean_wage.ts", "wage_variance.ts", "pay_by_site.ts", "gini.ts"],
    ]);
    for (const [, name, text] of files) writeFileSync(join(folder, name!), text!);
    expect(consoles.length).to.be.at.least(7);
    // Every block that is fenced as code of one of these kinds was found.
    expect(page.match(/^```(ts|csv)$/gm)).to.have.length(files.length);
    expect(page.match(/^```console$/gm)).to.have.length(consoles.length);
  });

  for (const [, command, output] of consoles) {
    it(`prints what it shows: ${command}`, async () => {
      const printed = { out: "", err: "" };
      const show = (stream: "out" | "err") => (text: string) => {
        printed[stream] += text;
      };
      const io = {
        ...{ env: {}, home: folder, workingFolder: folder, isTerminal: false, signal: new AbortController().signal },
        ...{ stdout: show("out"), stderr: show("err") },
      };
      const code = await runCli(command!.split(" "), io);
      expect(code, printed.err).to.equal(output!.startsWith("Error: ") ? 1 : 0);
      const lines = (printed.out + printed.err).replaceAll(`${folder}/`, "…/").trimEnd().split("\n");
      expectPrinted(output!.split("\n"), lines, command!);
    }).timeout(20_000);
  }

  it("names operations that exist", () => {
    const named = [...page.matchAll(/`t\.(\w+)/g)].map(([, name]) => name);
    expect(Object.getOwnPropertyNames(Tracer.prototype)).to.include.members(named);
  });
});
