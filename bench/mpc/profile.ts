/** Where the time of a measured workload goes: the parties' CPU profiles, summed up. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const SHOWN = 20;

/** Options of the parties' processes that make them write a profile into `folder`. */
export function profileOptions(folder: string): string[] {
  return ["--cpu-prof", `--cpu-prof-dir=${folder}`];
}

/** Self time by function in percent of the time that the parties were busy, the largest first. */
export function profileSummary(folder: string): string {
  const selfMicroseconds = new Map<string, number>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".cpuprofile"))) {
    const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(folder, file), "utf8")) as CpuProfile;
    const names = new Map(
      nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
        id,
        `${functionName || "(anonymous)"} ${url.split("/").pop()}:${lineNumber + 1}`,
      ]),
    );
    for (const [index, id] of samples.entries()) {
      const name = names.get(id)!;
      if (name.startsWith("(idle)")) continue;
      selfMicroseconds.set(name, (selfMicroseconds.get(name) ?? 0) + timeDeltas[index]!);
    }
  }
  const total = [...selfMicroseconds.values()].reduce((sum, time) => sum + time, 0);
  const rows = [...selfMicroseconds].sort(([, a], [, b]) => b - a).slice(0, SHOWN);
  return rows.map(([name, time]) => `${((100 * time) / total).toFixed(1).padStart(8)} %  ${name}`).join("\n");
}
