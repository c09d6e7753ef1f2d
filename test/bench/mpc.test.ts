import { expect } from "chai";
import { measure } from "../../bench/mpc/measure.ts";
import { WORKLOADS } from "../../bench/mpc/workloads.ts";

describe("bench: mpc", () => {
  for (const [name, rounds] of [
    ["session", 3],
    ["multiply-1e5", 2],
  ] as const) {
    it(`measures a small ${name} between its processes`, async () => {
      const workload = { ...WORKLOADS.find((each) => each.name === name)!, n: name === "session" ? 1 : 2, rows: 1 };
      const result = await measure(workload, { runs: 1 });
      expect(result).to.include({ workload: name, n: workload.n, parties: 4, rounds });
      expect(result.seconds).to.be.greaterThan(0);
      expect(result.opsPerSecond).to.equal(workload.n / result.seconds);
      expect(result.bytesTotal).to.be.greaterThan(0);
      expect(result.peakMemoryMiB).to.be.greaterThan(0);
    });
  }
});
