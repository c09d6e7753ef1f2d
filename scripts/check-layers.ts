/**
 * Holds the imports to the layout of ARCHITECTURE.md: within `mpc-nodes` a folder imports only folders named before it;
 * packages import only the packages below them; what runs in browsers imports no `node:` module.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const LAYERS = [
  "math",
  "kernels",
  "sharing",
  "protocol",
  "vm",
  "wire",
  "transport",
  "engine",
  "store",
  "chain",
  "node",
];

/** Which places of the project each package may import, besides itself. */
const ALLOWED: Record<string, readonly string[]> = {
  contracts: ["types"],
  algorithms: [],
  "mpc-nodes": ["contracts", "algorithms"],
  adapter: ["contracts"],
  sdk: ["contracts", "algorithms", "mpc-nodes/math", "mpc-nodes/sharing", "mpc-nodes/wire"],
};

/** What a folder of a package may import beyond that: the command line simulates a committee; the library that browsers load does not. */
const ALSO_ALLOWED: readonly (readonly [prefix: string, places: readonly string[]])[] = [
  ["sdk/cli/", ["mpc-nodes/vm", "mpc-nodes/engine"]],
];

/** Folders that browsers load as they are. */
const PORTABLE = ["algorithms/", "mpc-nodes/math/", "mpc-nodes/sharing/", "mpc-nodes/wire/"];

const IMPORT = /(?:from|import)\s*\(?\s*"([^"]+)"/g;

/** Where an import leads, as a path from the root, or null for a library. */
function targetOf(file: string, specifier: string): string | null {
  if (specifier.startsWith("@sharebridge/")) return specifier.slice("@sharebridge/".length);
  if (specifier.startsWith("."))
    return relative(root, resolve(root, dirname(file), specifier))
      .split(sep)
      .join("/");
  return null;
}

function problemsOf(file: string): string[] {
  const [place, folder] = file.split("/") as [string, string];
  const problems: string[] = [];
  for (const [, specifier] of readFileSync(join(root, file), "utf8").matchAll(IMPORT)) {
    if (specifier === undefined) continue;
    if (specifier.startsWith("node:") && PORTABLE.some((prefix) => file.startsWith(prefix))) {
      problems.push(`${file}: imports ${specifier}, but runs in browsers too`);
    }
    const target = targetOf(file, specifier);
    if (target === null) continue;
    const [targetPlace, targetFolder] = target.split("/") as [string, string?];
    if (targetPlace !== place) {
      const also = ALSO_ALLOWED.flatMap(([prefix, places]) => (file.startsWith(prefix) ? places : []));
      const allowed = [...(ALLOWED[place] ?? []), ...also].some(
        (prefix) => target === prefix || target.startsWith(`${prefix}/`),
      );
      if (!allowed) problems.push(`${file}: ${place} must not import ${target}`);
    } else if (place === "mpc-nodes" && targetFolder !== undefined) {
      const [from, to] = [LAYERS.indexOf(folder), LAYERS.indexOf(targetFolder)];
      if (from === -1 || to === -1) problems.push(`${file}: a folder that the layout does not name`);
      else if (to > from) problems.push(`${file}: ${folder}/ must not import ${targetFolder}/, which comes after it`);
    }
  }
  return problems;
}

const files = Object.keys(ALLOWED)
  .flatMap((place) => readdirSync(join(root, place), { recursive: true }).map((name) => `${place}/${name}`))
  .map((file) => file.split(sep).join("/"))
  .filter((file) => file.endsWith(".ts") && !file.includes("node_modules"));
const problems = files.flatMap(problemsOf);

for (const problem of problems) console.error(problem);
console.log(`layers: ${files.length} files, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;
