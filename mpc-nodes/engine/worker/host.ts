/** The engine's side of the conversation: runs in the worker thread. */
import type { TlsTransportOptions } from "../../transport/tls-settings.ts";
import type { Engine } from "../engine.ts";
import { EngineError } from "../errors.ts";
import { Channel, type Port } from "./channel.ts";
import { decodeError } from "./errors.ts";
import type { EngineSide, NodeSide, PeerNotice } from "./messages.ts";

/** Starts the engine of this thread; gives the port on which peers find it. `onPeer` hears of connections. */
export type StartEngine = (
  options: TlsTransportOptions,
  onPeer: (notice: PeerNotice) => void,
) => Promise<{ readonly engine: Engine; readonly port: number }>;

/** Serves the node at the other end of `port` until it says stop; `onStopped` lets the thread end. */
export function serveEngine(port: Port, start: StartEngine, onStopped: () => void): void {
  let engine: Engine | undefined;
  const cancellations = new Map<number, AbortController>();

  const started = (): Engine => {
    if (engine === undefined) throw new Error("the engine has not been started");
    return engine;
  };

  const channel: Channel<EngineSide, NodeSide> = new Channel<EngineSide, NodeSide>(port, {
    calls: {
      async start(options) {
        const up = await start(options, (notice) => channel.notify("peer", notice));
        engine = up.engine;
        engine.onAnnounce = (requestId, from) => channel.notify("announced", { requestId, from });
        engine.onQuestion = (question, from) => channel.call("answer", { question, from });
        engine.onNote = (note) => channel.notify("note", note);
        return { party: engine.party, port: up.port };
      },

      async compute({ id, job }) {
        const cancellation = new AbortController();
        cancellations.set(id, cancellation);
        const hooks = {
          begin: () => hook(channel.call("begin", { id }).then(() => {})),
          persistAndSign: (settlement: NodeSide["calls"]["persistAndSign"]["given"]["settlement"]) =>
            hook(channel.call("persistAndSign", { id, settlement })),
          isSignature: async () => false,
          onEvidence: (evidence: NodeSide["notices"]["evidence"]["evidence"]) =>
            channel.notify("evidence", { id, evidence }),
        };
        try {
          return await started().compute(job, hooks, cancellation.signal);
        } finally {
          cancellations.delete(id);
        }
      },

      ask: ({ peer, question, maximumBytes }) => started().ask(peer, question, maximumBytes),

      async stop() {
        await engine?.close();
        onStopped();
        return null;
      },
    },
    notices: {
      cancel: ({ id }) => cancellations.get(id)?.abort(),
      refuse: ({ requestId, reason }) => engine?.refuse(requestId, decodeError(reason)),
    },
  });
}

/** The node keeps its own error; the computation here fails with a word that stands for it. */
function hook<T>(call: Promise<T>): Promise<T> {
  return call.catch(() => {
    throw new EngineError("HookFailed", "the node's side of the computation failed");
  });
}
