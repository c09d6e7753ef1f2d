import { expect } from "chai";
import { measure } from "../../bench/mpc/measure.ts";
import type { Workload } from "../../bench/mpc/workloads.ts";

describe("bench: mpc", () => {
  for (const kind of ["session", "multiply"] as const) {
    it(`measures a ${kind} workload between four processes, with the figures that --json writes`, async () => {
      const workload: Workload = { name: `small ${kind}`, n: kind === "session" ? 1 : 2, rows: 1, kind };
      const result = await measure(workload, 1);
      expect(result).to.have.all.keys(
        "workload",
        "n",
        "parties",
        "seconds",
        "opsPerSecond",
        "bytesPerParty",
        "bytesTotal",
        "rounds",
        "peakMemoryMiB",
      );
      expect(result).to.include({
        workload: workload.name,
        n: workload.n,
        parties: 4,
        rounds: kind === "session" ? 3 : 2,
      });
      expect(result.seconds).to.be.greaterThan(0);
      expect(result.opsPerSecond).to.equal(workload.n / result.seconds);
      expect(result.bytesPerParty).to.deep.equal(
        kind === "session"
          ? [576, 576, 576, 576]
          : [2, 1, 2, 1].map((elements, i) => 2 * (elements * 8 + [1, 2, 1, 2][i]! * 16)),
      );
      expect(result.peakMemoryMiB).to.be.greaterThan(0);
    });
  }
});
