import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const sdk = fileURLToPath(new URL("../../sdk/", import.meta.url));

describe("the library", () => {
  it("imports nothing of Node's outside cli/, so that it runs in browsers", () => {
    const files = readdirSync(sdk, { recursive: true, encoding: "utf8" }).filter(
      (file) => file.endsWith(".ts") && !file.startsWith("cli") && !file.includes("node_modules"),
    );
    expect(files.length).to.be.greaterThan(40);
    for (const file of files) {
      const text = readFileSync(`${sdk}${file}`, "utf8");
      expect(text, file).not.to.match(
        /from "node:|require\(|\bprocess\.(env|stdout|stderr|argv|cwd)|\bBuffer\b|from "\.\.?\/(\.\.\/)*cli\//,
      );
    }
  });
});
