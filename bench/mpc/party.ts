/** One of the processes: takes orders from `bench/mpc.ts` over IPC and answers each. */
import { Heap } from "@sharebridge/mpc-nodes/kernels/heap.ts";
import { type FourSession, openFourSession } from "@sharebridge/mpc-nodes/protocol/four/session.ts";
import type { Bits, Vector } from "@sharebridge/mpc-nodes/protocol/mpc.ts";
import { TlsTransport } from "@sharebridge/mpc-nodes/transport/tls.ts";
import type { Answer, Measurement, Order } from "./messages.ts";
import { type Task, WORKLOADS, type Workload } from "./workloads.ts";

const BINDING = new Uint8Array(32);
const idOf = (number: number): string => `0x${number.toString(16).padStart(64, "0")}`;

const heap = new Heap();
let transport: TlsTransport;
let sessions = 0;
let workload: Workload;
let task: Task | null = null;
let session: FourSession | null = null;
let answer: Vector | Bits | null = null;

async function startSession(): Promise<FourSession> {
  sessions += 1;
  const network = await transport.openSession(idOf(sessions), idOf(0));
  return openFourSession({ network, signer: transport, heap, binding: BINDING });
}

/** One run; what it cost is the difference to what the session had cost before. */
async function run(): Promise<Measurement> {
  const start = performance.now();
  const cpu = process.cpuUsage();
  if (task === null) {
    await session?.close();
    session = await startSession();
    return measurementSince(start, cpu, 0, 0);
  }
  const { mpc, network, rounds } = session!;
  const bytes = network.statistics.bytesSent;
  for (let done = 0; done < workload.n; done += workload.rows) {
    if (answer !== null) mpc.release(answer);
    answer = await mpc.scope((scope) => task!.run(scope));
  }
  return measurementSince(start, cpu, bytes, rounds);
}

function measurementSince(start: number, cpu: NodeJS.CpuUsage, bytes: number, rounds: number): Measurement {
  const { user, system } = process.cpuUsage(cpu);
  return {
    seconds: (performance.now() - start) / 1000,
    cpuSeconds: (user + system) / 1e6,
    bytesSent: session!.network.statistics.bytesSent - bytes,
    rounds: session!.rounds - rounds,
  };
}

async function obey(order: Order): Promise<Answer> {
  switch (order.kind) {
    case "listen":
      transport = new TlsTransport(order.transport);
      await transport.start();
      return { port: transport.port };
    case "prepare":
      workload = { ...WORKLOADS.find(({ name }) => name === order.workload)!, n: order.n, rows: order.rows };
      if (workload.prepare === null) return {};
      session = await startSession();
      task = await workload.prepare(session.mpc, workload.rows);
      return {};
    case "run":
      return { measurement: await run() };
    case "finish":
      if (task !== null) await task.check(session!.mpc, answer!);
      await session?.close();
      await transport.close();
      return { peakMemoryMiB: process.resourceUsage().maxRSS / 1024 };
  }
}

process.on("message", async (order: Order) => {
  const result = await obey(order).catch((error: Error): Answer => ({ error: error.stack ?? error.message }));
  process.send!(result);
  if (order.kind === "finish" || result.error !== undefined) process.disconnect();
});
