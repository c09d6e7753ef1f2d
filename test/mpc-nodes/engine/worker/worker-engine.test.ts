import { WorkerEngine } from "@sharebridge/mpc-nodes/engine/worker/worker-engine.ts";
import { PARTIES } from "@sharebridge/mpc-nodes/math/party.ts";
import { expect } from "chai";
import { engineSuite, jobsOf, TestHooks } from "../../../suites/engine.suite.ts";
import { payGap } from "../../../support/open-pay-gap.ts";
import { rejection } from "../../node/support/rejection.ts";
import { leftoversOf, settingsOf } from "../../transport/support.ts";
import { makeCase } from "../support.ts";
import { crashOnSight, fakeEntry, MEMORY_BYTES, startFake } from "./support.ts";

/** Four worker threads over TLS on loopback, from the lowest, as each must know the ports below it. */
async function startWorkers({ receiveMs = 20_000, memoryBytes = MEMORY_BYTES } = {}): Promise<WorkerEngine[]> {
  const engines: WorkerEngine[] = [];
  for (const party of PARTIES) {
    const ports = engines.map(({ port }) => port);
    const transport = await settingsOf(party, ports, { timeouts: { receiveMs } });
    engines.push(await WorkerEngine.start({ transport, memoryBytes }));
  }
  return engines;
}

engineSuite("in a worker thread", startWorkers);

describe("an engine in a worker thread", () => {
  it("takes the shares over: nothing of them is copied, or left here", async () => {
    const engines = await startWorkers();
    const jobs = jobsOf(makeCase("transferred", payGap, 10, false));
    const shares = jobs.map(({ inputs }) => [...inputs.values()].flatMap((vector) => vector.shares));
    await Promise.all(engines.map((engine, party) => engine.compute(jobs[party], new TestHooks(PARTIES[party]))));
    for (const words of shares.flat()) if (words !== null) expect(words.length).to.equal(0);
    await Promise.all(engines.map((engine) => engine.close()));
  });

  it("computes within the memory that it is given, or says by name that it does not", async () => {
    const engines = await startWorkers({ memoryBytes: 65_536 });
    const jobs = jobsOf(makeCase("little memory", payGap, 10, false));
    const ends = await Promise.allSettled(
      engines.map((engine, party) => engine.compute(jobs[party], new TestHooks(PARTIES[party]))),
    );
    for (const end of ends) expect(end).to.have.nested.property("reason.code", "OutOfMemory");
    await Promise.all(engines.map((engine) => engine.close()));
  });

  it("leaves no socket, timer or thread behind", async () => {
    const left = await leftoversOf(async () => {
      const engine = await WorkerEngine.start({ transport: await settingsOf(0, []), memoryBytes: MEMORY_BYTES });
      await engine.close();
    });
    expect(left).to.deep.equal([]);
  });

  it("does not start on a port in use, says so, and leaves no thread", async () => {
    const first = await WorkerEngine.start({ transport: await settingsOf(0, []), memoryBytes: MEMORY_BYTES });
    const settings = await settingsOf(0, []);
    const transport = { ...settings, listen: { ...settings.listen, port: first.port } };
    const error = await rejection(WorkerEngine.start({ transport, memoryBytes: MEMORY_BYTES }));
    expect(error).to.include({ name: "TransportError", code: "InvalidSettings" });
    expect(error.message).to.contain(`${first.port}`);
    await first.close();
  });

  it("tells of connections that are made and lost", async () => {
    const seen: string[] = [];
    const engines: WorkerEngine[] = [];
    const connected = Promise.withResolvers<void>();
    const lost = Promise.withResolvers<Error | null>();
    for (const party of [0, 1] as const) {
      const transport = await settingsOf(
        party,
        engines.map(({ port }) => port),
      );
      const onPeer = ({ kind, peer, error }: { kind: string; peer: number | null; error: Error | null }) => {
        if (party !== 0) return;
        seen.push(`${kind} ${peer}`);
        if (kind === "connected") connected.resolve();
        if (kind === "disconnected") lost.resolve(error);
      };
      engines.push(await WorkerEngine.start({ transport, memoryBytes: MEMORY_BYTES, onPeer }));
    }
    await connected.promise;
    await engines[1].close();
    expect(await lost.promise).to.have.property("code", "ConnectionLost");
    expect(seen).to.deep.equal(["connected 1", "disconnected 1"]);
    await engines[0].close();
  });

  it("fails every computation by name when its thread crashes, and says so once", async () => {
    const engine = await startFake(fakeEntry);
    const crashes: Error[] = [];
    engine.onCrash = (error) => crashes.push(error);
    const [waiting, bad] = [jobsOf(makeCase("waits", payGap, 5, false))[0], jobsOf(crashOnSight)[0]];
    const failures = [waiting, bad].map((job) => rejection(engine.compute(job, new TestHooks(0))));
    for (const failure of failures) {
      expect(await failure).to.include({ name: "EngineError", code: "EngineCrashed" });
    }
    expect(crashes).to.have.length(1);
    expect(
      await rejection(engine.compute(jobsOf(makeCase("late", payGap, 5, false))[0], new TestHooks(0))),
    ).to.have.property("code", "EngineCrashed");
    await engine.close();
    expect(crashes).to.have.length(1);
  });
});
