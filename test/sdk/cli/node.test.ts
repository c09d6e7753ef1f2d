/** `sharebridge node`: the node's own program, with its output and its exit code. */
import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";

const MAIN = new URL("../../../sdk/cli/main.ts", import.meta.url).pathname;

function sharebridge(...args: string[]): Promise<{ code: number; out: string; complaint: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { cwd: tmpdir() }, (error, out, complaint) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, complaint });
    });
  });
}

describe("sharebridge node", () => {
  it("is what operators approve, revoke and list with", async () => {
    const { code, out } = await sharebridge("node", "--help");
    expect(code).to.equal(0);
    for (const command of ["approve", "revoke", "list", "start"])
      expect(out).to.match(new RegExp(`^ +${command}\\b`, "m"));
  });

  it("ends as the node's program does: with a sentence, or for a wrong command line", async () => {
    const folder = join(tmpdir(), "no such node");
    const refused = await sharebridge("node", "list", "--folder", folder);
    expect(refused.code).to.equal(1);
    expect(refused.complaint).to.include("no such node").and.not.include("    at ");
    expect((await sharebridge("node", "approve")).code).to.equal(2);
  });
}).timeout(30_000);
