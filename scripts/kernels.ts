/**
 * `npm run kernels`: compiles `mpc-nodes/kernels/assembly` to WebAssembly and writes it as a module that browsers and Node load
 * alike. `npm run lint` runs it with `--check`, which writes nothing and fails when the committed module is not what the
 * pinned compiler makes of the committed source.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { main } from "assemblyscript/asc";

const root = fileURLToPath(new URL("..", import.meta.url));
const SOURCE = "mpc-nodes/kernels/assembly/kernels.ts";
const PRODUCT = "mpc-nodes/kernels/wasm-module.ts";

/** The memory is the caller's (`load.ts`); the code itself needs none. */
const OPTIONS = ["-O3", "--noAssert", "--enable", "simd", "--runtime", "stub", "--importMemory"];

async function compile(): Promise<Uint8Array> {
  let wasm: Uint8Array | null = null;
  const { error, stderr } = await main([SOURCE, "--baseDir", root, ...OPTIONS, "--outFile", "kernels.wasm"], {
    writeFile(_name, contents) {
      wasm = contents as Uint8Array;
    },
  });
  if (error || wasm === null) throw new Error(`${SOURCE} does not compile: ${error?.message}\n${stderr.toString()}`);
  return wasm;
}

function moduleOf(wasm: Uint8Array): string {
  return `/** Generated from \`assembly/kernels.ts\` by \`npm run kernels\`: ${wasm.length} bytes of WebAssembly in base64. */
export const WASM_BASE64 =
  "${Buffer.from(wasm).toString("base64")}";
`;
}

const expected = moduleOf(await compile());
if (!process.argv.includes("--check")) {
  writeFileSync(`${root}${PRODUCT}`, expected);
  console.log(`kernels: ${PRODUCT} written`);
} else if (readFileSync(`${root}${PRODUCT}`, "utf8") === expected) {
  console.log(`kernels: ${PRODUCT} is what ${SOURCE} compiles to`);
} else {
  console.error(`kernels: ${PRODUCT} is not what ${SOURCE} compiles to; run "npm run kernels" and commit the result`);
  process.exitCode = 1;
}
