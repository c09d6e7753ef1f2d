// `npm run lockfile`, after a dependency was added or changed: resolves package-lock.json anew, for every platform.
//
// npm leaves out of the lockfile the optional packages of other platforms (native builds) that its registry cannot show at that
// moment, and `npm ci` then refuses the lockfile everywhere. They are added here by name: without an integrity hash, and
// never fetched on a platform that they are not for.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const { workspaces } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** Resolved in a folder of its own: beside an installed node_modules npm writes entries without their integrity hashes. */
function resolveAnew() {
  const folder = mkdtempSync(join(tmpdir(), "sharebridge-lockfile-"));
  try {
    for (const workspace of ["", ...workspaces]) {
      mkdirSync(join(folder, workspace), { recursive: true });
      cpSync(join(root, workspace, "package.json"), join(folder, workspace, "package.json"));
    }
    const install = ["install", "--package-lock-only", "--no-audit", "--no-fund"];
    const { status } = spawnSync("npm", install, { stdio: "inherit", cwd: folder });
    if (status !== 0) process.exit(status ?? 1);
    return JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** "@scope/cli-linux-x64-musl" → { os: ["linux"], cpu: ["x64"], libc: ["musl"] } */
function platformOf(name) {
  const words = name.split("/").at(-1).split("-");
  const one = (known) => words.filter((word) => known.includes(word));
  const platform = {
    os: one(["linux", "darwin", "win32", "android", "freebsd"]),
    cpu: one(["x64", "arm64", "arm", "ia32"]),
  };
  if (platform.os.length !== 1 || platform.cpu.length !== 1) {
    throw new Error(`cannot tell from its name which platform the optional package ${name} is for; add it by hand`);
  }
  const libc = words.includes("musl") ? ["musl"] : platform.os[0] === "linux" ? ["glibc"] : undefined;
  return libc === undefined ? platform : { ...platform, libc };
}

const lock = resolveAnew();
const known = new Set(Object.keys(lock.packages).map((path) => path.split("node_modules/").at(-1)));
let added = 0;
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (known.has(name)) continue;
    const dev = entry.dev ? { dev: true } : {};
    lock.packages[`node_modules/${name}`] = { version, ...dev, optional: true, ...platformOf(name) };
    known.add(name);
    added += 1;
    console.log(`added ${name} ${version}, optional for ${path}`);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(join(root, "package-lock.json"), `${JSON.stringify(lock, null, 2)}\n`);
console.log(`package-lock.json: ${added} packages of other platforms added`);
