/** One of the four processes: takes orders from `bench/mpc.ts` over IPC and answers each. */
import type { PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { open } from "@sharebridge/mpc-nodes/protocol/open.ts";
import { openSession, type Session } from "@sharebridge/mpc-nodes/protocol/session.ts";
import type { SharedVector } from "@sharebridge/mpc-nodes/sharing/shared-vector.ts";
import { TlsTransport } from "@sharebridge/mpc-nodes/transport/tls.ts";
import type { Answer, Measurement, Order } from "./messages.ts";
import { firstRows, type Task, taskOf, type Workload } from "./workloads.ts";

const BINDING = new Uint8Array(32);
const idOf = (number: number): string => `0x${number.toString(16).padStart(64, "0")}`;

let transport: TlsTransport;
let party: PartyId;
let sessions = 0;
let workload: Workload;
let task: Task | null = null;
let session: Session;
let answer: SharedVector | null = null;

async function startSession(): Promise<Session> {
  sessions += 1;
  return openSession(await transport.openSession(idOf(sessions), idOf(0)), BINDING);
}

/** One run; what it cost is the difference to what the session had cost before. */
async function run(): Promise<Measurement> {
  const before = { start: performance.now(), bytes: 0, rounds: 0 };
  if (task === null) {
    session = await startSession();
  } else {
    before.bytes = session.network.statistics.bytesSent;
    before.rounds = session.rounds;
    for (let done = 0; done < workload.n; done += workload.rows) answer = await task.run(session);
  }
  return {
    seconds: (performance.now() - before.start) / 1000,
    bytesSent: session.network.statistics.bytesSent - before.bytes,
    rounds: session.rounds - before.rounds,
  };
}

async function checkAnswer(): Promise<void> {
  if (task === null || answer === null) return;
  const [opened] = await open(session, [firstRows(answer)]);
  if (!task.isRight(opened!)) throw new Error(`party ${party} has a wrong answer to ${workload.name}`);
}

async function obey(order: Order): Promise<Answer> {
  switch (order.kind) {
    case "listen":
      party = order.party;
      transport = new TlsTransport(order.transport);
      await transport.start();
      return { port: transport.port };
    case "prepare":
      workload = order.workload;
      if (workload.kind !== "session") {
        task = taskOf(workload, party);
        session = await startSession();
      }
      return {};
    case "run":
      return { measurement: await run() };
    case "finish":
      await checkAnswer();
      await transport.close();
      return { peakMemoryMiB: process.resourceUsage().maxRSS / 1024 };
  }
}

process.on("message", async (order: Order) => {
  const result = await obey(order).catch((error: Error): Answer => ({ error: error.message }));
  process.send!(result);
  if (order.kind === "finish" || result.error !== undefined) process.disconnect();
});
