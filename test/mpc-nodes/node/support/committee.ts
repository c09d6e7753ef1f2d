/** Four nodes in this process: real keys, stores, HTTP and protocol; in-memory transport; a chain of the test's choice. */

import type { ChainReader } from "@sharebridge/mpc-nodes/chain/chain-reader.ts";
import { LocalEngine } from "@sharebridge/mpc-nodes/engine/local-engine.ts";
import { PARTIES } from "@sharebridge/mpc-nodes/math/party.ts";
import type { NodeContext } from "@sharebridge/mpc-nodes/node/context.ts";
import { openStore } from "@sharebridge/mpc-nodes/node/folder.ts";
import { type NodeKeys, publicIdentity } from "@sharebridge/mpc-nodes/node/keys.ts";
import { createLog } from "@sharebridge/mpc-nodes/node/log.ts";
import { type RunningNode, startNode } from "@sharebridge/mpc-nodes/node/node.ts";
import { createMemoryTransports } from "@sharebridge/mpc-nodes/transport/memory.ts";
import type { Transport } from "@sharebridge/mpc-nodes/transport/transport.ts";
import { testSettings } from "./context.ts";

export interface CommitteeOptions {
  readonly nodes: readonly { readonly folder: string; readonly keys: NodeKeys }[];
  /** One reader per node: a node closes its own. */
  readonly chain: (seat: number) => Promise<ChainReader> | ChainReader;
  readonly settings?: Record<string, unknown>;
  readonly receiveTimeoutMs?: number;
  readonly nowUnixMs?: NodeContext["nowUnixMs"];
  /** Seats that are started; all by default. */
  readonly seats?: readonly number[];
}

export interface Answer {
  readonly status: number;
  // The tests look into whatever the API answers.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly body: any;
  readonly headers: Headers;
}

export class Committee {
  readonly nodes = new Map<number, RunningNode>();
  readonly transports: readonly Transport[];
  readonly #options: CommitteeOptions;

  constructor(options: CommitteeOptions) {
    this.#options = options;
    this.transports = createMemoryTransports({ timeouts: { receiveMs: options.receiveTimeoutMs ?? 20_000 } });
  }

  static async start(options: CommitteeOptions): Promise<Committee> {
    const committee = new Committee(options);
    for (const seat of options.seats ?? PARTIES) await committee.startSeat(seat);
    return committee;
  }

  async startSeat(seat: number): Promise<void> {
    const { folder, keys } = this.#options.nodes[seat];
    const node = await startNode({
      settings: testSettings(this.#options.settings),
      keys,
      chain: await this.#options.chain(seat),
      store: openStore(folder, keys),
      log: createLog("silent"),
      nowUnixMs: this.#options.nowUnixMs ?? (() => 0),
      connect: async (own) => new LocalEngine(this.transports[own]),
    });
    this.nodes.set(seat, node);
  }

  async call(seat: number, method: string, path: string, body?: Uint8Array | object): Promise<Answer> {
    const bytes = body instanceof Uint8Array;
    const response = await fetch(`http://127.0.0.1:${this.nodes.get(seat)?.httpPort}${path}`, {
      method,
      ...(body === undefined
        ? {}
        : {
            headers: { "content-type": bytes ? "application/octet-stream" : "application/json" },
            body: bytes ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body),
          }),
    });
    return { status: response.status, body: await response.json(), headers: response.headers };
  }

  /** Asks until the request is signed or failed there. */
  async outcome(seat: number, requestId: string): Promise<Answer["body"]> {
    for (;;) {
      const { body } = await this.call(seat, "GET", `/v1/requests/${requestId}`);
      if (body.state !== "queued" && body.state !== "computing" && body.error?.code !== "UnknownRequest") return body;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.nodes.values()].map((node) => node.stop()));
    this.nodes.clear();
    await Promise.all(this.transports.map((transport) => transport.close()));
  }
}

/** What the committee registry would show of these nodes. */
export function seatsOf(nodes: CommitteeOptions["nodes"]) {
  return nodes.map(({ keys }) => ({
    ...publicIdentity(keys),
    endpoint: "http://127.0.0.1:1",
    peerEndpoint: "127.0.0.1:1",
  }));
}
