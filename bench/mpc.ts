/**
 * `npm run bench:mpc`: the engine between processes of this machine, four, then three as after a failure, over TLS on loopback. Each figure is the median of
 * five runs (the slowest workloads: fewer) after one that warms up; each answer is opened in part and checked.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { measure, type Result } from "./mpc/measure.ts";
import { profileOptions, profileSummary } from "./mpc/profile.ts";
import { WORKLOADS } from "./mpc/workloads.ts";

const RUNS = 5;
const USAGE = `npm run bench:mpc -- [--only NAME] [--parties N] [--rtt MS] [--profile] [--json FILE]

  --only NAME   one workload: ${WORKLOADS.map(({ name }) => name).join(", ")}
  --parties N   4 or 3; both when left out
  --rtt MS      with this time there and back between any two nodes (one run each)
  --profile     shows where the parties' time goes
  --json FILE   writes the figures as an array, too`;

const COLUMNS: readonly (readonly [title: string, width: number, cell: (result: Result) => string])[] = [
  ["workload", 14, ({ workload }) => workload],
  ["parties", 7, ({ parties }) => String(parties)],
  ["n", 10, ({ n }) => n.toLocaleString("en")],
  ["seconds", 9, ({ seconds }) => seconds.toFixed(4)],
  ["CPU s", 8, ({ cpuSeconds }) => cpuSeconds.toFixed(3)],
  ["ops/s", 12, ({ opsPerSecond }) => Math.round(opsPerSecond).toLocaleString("en")],
  ["most a party", 13, ({ bytesPerParty }) => megabytes(Math.max(...bytesPerParty))],
  ["all parties", 12, ({ bytesTotal }) => megabytes(bytesTotal)],
  ["rounds", 7, ({ rounds }) => String(rounds)],
  ["peak MiB", 9, ({ peakMemoryMiB }) => peakMemoryMiB.toFixed(0)],
];

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(3)} MB`;
}

function row(cells: readonly string[]): string {
  return cells.map((cell, column) => cell.padStart(COLUMNS[column]![1])).join(" ");
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      parties: { type: "string" },
      rtt: { type: "string", default: "0" },
      profile: { type: "boolean", default: false },
      json: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const roundTripMs = Number(values.rtt);
  if (!(roundTripMs >= 0 && roundTripMs <= 10_000)) {
    console.error(`--rtt takes milliseconds, 0 to 10000, not ${values.rtt}`);
    return 2;
  }
  const sizes = ([4, 3] as const).filter((size) => values.parties === undefined || values.parties === String(size));
  if (sizes.length === 0) {
    console.error(`--parties takes 3 or 4, not ${values.parties}`);
    return 2;
  }
  const chosen = WORKLOADS.filter(({ name }) => values.only === undefined || name === values.only);
  if (chosen.length === 0) {
    console.error(`there is no workload ${values.only}\n\n${USAGE}`);
    return 2;
  }
  const distance = roundTripMs === 0 ? "" : `, ${roundTripMs} ms there and back`;
  console.log(`a process a party, TLS 1.3 on loopback${distance}, median of up to ${RUNS} runs\n`);
  console.log(row(COLUMNS.map(([title]) => title)));
  const results: Result[] = [];
  for (const [parties, workload] of sizes.flatMap((size) => chosen.map((each) => [size, each] as const))) {
    const folder = values.profile ? mkdtempSync(join(tmpdir(), "bench-mpc-")) : null;
    const runs = roundTripMs > 0 ? 1 : (workload.runs ?? RUNS);
    const nodeOptions = folder === null ? [] : profileOptions(folder);
    const result = await measure(workload, { parties, runs, roundTripMs, nodeOptions });
    console.log(row(COLUMNS.map(([, , cell]) => cell(result))));
    results.push(result);
    if (folder === null) continue;
    console.log(`\n${profileSummary(folder)}\n`);
    rmSync(folder, { recursive: true });
  }
  if (values.json !== undefined)
    writeFileSync(
      values.json,
      `${JSON.stringify(
        results.map(({ cpuSeconds: _, ...figures }) => figures),
        null,
        2,
      )}\n`,
    );
  return 0;
}

process.exitCode = await main();
