// Brings a fresh clone to the point where every npm script works, and does nothing when it already is there:
// installs the locked packages under Node 24, then compiles the contracts. Plain JavaScript without dependencies, because
// it runs first, on whatever Node (20 or newer) the machine has.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const nodeVersion = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).devDependencies.node;
const binaries = join(root, "node_modules", ".bin");

/** Files whose contents decide whether a step must run again. */
function filesUnder(folder, ending) {
  return readdirSync(join(root, folder), { recursive: true })
    .map((name) => join(folder, name))
    .filter((name) => name.endsWith(ending))
    .sort();
}

function digestOf(files) {
  const hash = createHash("sha256");
  for (const file of files)
    hash
      .update(file)
      .update("\0")
      .update(readFileSync(join(root, file)))
      .update("\0");
  return hash.digest("hex");
}

/** Runs a command and shows what it printed only if it failed: a fresh clone's compilers warn about Chainlink's own sources. */
function run(command, args, environment = process.env) {
  const options = { cwd: root, encoding: "utf8", env: environment, maxBuffer: 64 * 1024 * 1024 };
  const { status, error, output } = spawnSync(command, args, options);
  if (status === 0) return;
  console.error(output?.join("\n") ?? "");
  unlock();
  if (error) throw error;
  console.error(`setup: "${command} ${args.join(" ")}" failed with exit code ${status}`);
  process.exit(1);
}

// One set-up at a time: two npm scripts started together in a fresh clone must not install into one folder at once.
const lock = join(root, ".setup-lock");
let isLocked = false;

/** The process id in the lock, or null when nobody holds it (any more). */
function lockHolder() {
  try {
    const holder = Number(readFileSync(lock, "utf8"));
    process.kill(holder, 0); // throws when there is no such process: a set-up that was killed
    return holder;
  } catch {
    return null;
  }
}

function lockSetup() {
  for (let said = false; !isLocked; ) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      isLocked = true;
    } catch {
      const holder = lockHolder();
      if (holder === null) rmSync(lock, { force: true });
      else if (!said) console.error(`setup: waiting for another set-up (process ${holder})`);
      said = holder !== null;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    }
  }
}

function unlock() {
  if (isLocked) rmSync(lock);
  isLocked = false;
}

/** Runs `work` unless `stamp` says that it was done for these very inputs. */
function step(title, stamp, files, product, work) {
  const digest = digestOf(files);
  const stampFile = join(root, "node_modules", stamp);
  const isDone = () => existsSync(product) && existsSync(stampFile) && readFileSync(stampFile, "utf8") === digest;
  if (isDone()) return;
  lockSetup();
  if (isDone()) return; // by the set-up that was waited for
  console.error(`setup: ${title}`);
  work();
  writeFileSync(stampFile, digest);
}

const manifests = ["algorithms", "contracts", "mpc-nodes", "adapter", "sdk"].map((name) => join(name, "package.json"));

step(
  "installing packages (once, one to two minutes)",
  ".sharebridge-installed",
  ["package.json", "package-lock.json", ...manifests],
  join(binaries, "hardhat"),
  () => {
    // npm leaves out Hardhat's native package when it installs under a Node older than Hardhat asks for.
    const isWorkingVersion = Number(process.versions.node.split(".")[0]) >= 24;
    if (isWorkingVersion) run("npm", ["ci", "--no-audit", "--no-fund"]);
    else run("npx", ["-y", "-p", `node@${nodeVersion}`, "--", "npm", "ci", "--no-audit", "--no-fund"]);
  },
);

step(
  "compiling contracts (once, about a minute)",
  ".sharebridge-compiled",
  ["hardhat.config.ts", "package-lock.json", ...filesUnder("contracts", ".sol")],
  join(root, "types", "ethers-contracts", "index.ts"),
  () => {
    const path = `${binaries}${process.platform === "win32" ? ";" : ":"}${process.env.PATH}`;
    run(join(binaries, "hardhat"), ["build"], { ...process.env, PATH: path });
  },
);

unlock();
