import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const folder = (name: string): string => fileURLToPath(new URL(`../../../mpc-nodes/${name}/`, import.meta.url));

/** Everything that the sources of a folder import. */
function importsOf(name: string): string[] {
  return readdirSync(folder(name))
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) =>
      [...readFileSync(folder(name) + file, "utf8").matchAll(/from "([^"]+)"/g)].map((match) => match[1]!),
    );
}

describe("sharing: runs in browsers", () => {
  for (const name of ["math", "kernels", "sharing"]) {
    it(`${name}/ imports nothing of Node, and no folder that does`, () => {
      const foreign = importsOf(name).filter((from) => !/^(\.|\.\.\/(math|kernels|sharing))\//.test(from));
      expect(foreign.filter((from) => !/^@(noble\/hashes|hpke)\//.test(from))).to.deep.equal([]);
    });
  }
});
