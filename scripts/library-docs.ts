/**
 * `npm run library:docs`: writes docs/library.md from the programs of the library. `npm run lint` runs it with `--check`, which writes nothing
 * and fails when the committed page is not what they give.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { referencePage } from "./library/reference-page.ts";

const PAGE = "docs/library.md";
const file = fileURLToPath(new URL(`../${PAGE}`, import.meta.url));

const expected = await referencePage();
if (!process.argv.includes("--check")) {
  writeFileSync(file, expected);
  console.log(`library: ${PAGE} written`);
} else if (readFileSync(file, "utf8") === expected) {
  console.log(`library: ${PAGE} says what the programs are`);
} else {
  console.error(`library: ${PAGE} does not say what the programs are; run "npm run library:docs" and commit it`);
  process.exitCode = 1;
}
