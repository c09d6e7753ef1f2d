/** The four MPC nodes of the devnet: a folder, keys, settings and an operating-system process each. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ICommitteeRegistry } from "@sharebridge/contracts";
import { RULES_FILE } from "@sharebridge/mpc-nodes/node/approval-rules.ts";
import { httpAnswers, type Processes, projectRoot } from "./processes.ts";

const nodeProgram = join(projectRoot, "mpc-nodes/node/main.ts");
const SEATS = 4;

interface Place {
  readonly folder: string;
  readonly httpPort: number;
  readonly peerPort: number;
}

export interface DevnetNode extends Place {
  readonly seat: ICommitteeRegistry.SeatStruct & { signer: string; endpoint: string };
}

/** Creates each node's keys, by the node's own command. `ports` are two for each node. */
export async function createNodes(
  processes: Processes,
  folder: string,
  ports: readonly number[],
): Promise<DevnetNode[]> {
  const places = Array.from(
    { length: SEATS },
    (_, seat): Place => ({
      folder: join(folder, `node${seat}`),
      httpPort: ports[2 * seat]!,
      peerPort: ports[2 * seat + 1]!,
    }),
  );
  return Promise.all(
    places.map(async (place) => {
      const identity = JSON.parse(await processes.run(nodeProgram, ["init", "--folder", place.folder]));
      const endpoint = `http://127.0.0.1:${place.httpPort}`;
      return { ...place, seat: { ...identity, endpoint, peerEndpoint: `127.0.0.1:${place.peerPort}` } };
    }),
  );
}

export interface NodeChainSettings {
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly factory: string;
  readonly committeeId: string;
  readonly fromBlock: number;
}

/** Writes each node's settings. Blocks of the local chain are final at once, so nodes wait for no confirmations. */
export function configureNodes(nodes: readonly DevnetNode[], chain: NodeChainSettings): void {
  for (const { folder, httpPort, peerPort } of nodes) {
    const settings = {
      ...chain,
      confirmations: 0,
      http: { host: "127.0.0.1", port: httpPort },
      peer: { host: "127.0.0.1", port: peerPort },
    };
    writeFileSync(join(folder, "node.json"), `${JSON.stringify(settings, null, 2)}\n`);
  }
}

/** Each operator allows the standard library by rule: its programs are approved once somebody sells data to them. */
export function allowLibrary(nodes: readonly DevnetNode[]): void {
  const most = Number.MAX_SAFE_INTEGER;
  const rules = { rules: [{ library: true, maximumRounds: most, maximumBytesPerParty: most }] };
  for (const { folder } of nodes) writeFileSync(join(folder, RULES_FILE), `${JSON.stringify(rules, null, 2)}\n`);
}

/** Each operator reads and approves the program, by the node's own command. */
export async function approveProgram(
  processes: Processes,
  nodes: readonly DevnetNode[],
  programFile: string,
): Promise<void> {
  await Promise.all(
    nodes.map(({ folder }) => processes.run(nodeProgram, ["approve", programFile, "--yes", "--folder", folder])),
  );
}

/** Name of a node's process, and of its log. */
export const nodeName = (seat: number): string => `node${seat}`;

export async function startNodes(processes: Processes, nodes: readonly DevnetNode[]): Promise<number[]> {
  return Promise.all(
    nodes.map(({ folder, seat }, index) =>
      processes.start({
        name: nodeName(index),
        script: nodeProgram,
        args: ["start", "--folder", folder],
        probe: httpAnswers(`${seat.endpoint}/v1/info`),
      }),
    ),
  );
}
