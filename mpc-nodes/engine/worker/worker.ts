/** What the engine's thread runs: it owns the sockets to the peers. Started by `worker-engine.ts`. */
import { parentPort } from "node:worker_threads";
import { TlsTransport } from "../../transport/tls.ts";
import { LocalEngine } from "../local-engine.ts";
import { encodeError } from "./errors.ts";
import { serveEngine } from "./host.ts";

if (parentPort === null) throw new Error("this file is run by worker-engine.ts, in a thread of its own");
const port = parentPort;

serveEngine(
  port,
  async (options, onPeer) => {
    const transport = new TlsTransport(options);
    transport.onEvent = (event) =>
      onPeer({
        kind: event.kind,
        peer: event.peer,
        error: "error" in event ? encodeError(event.error) : null,
        connected: transport.connected.length,
      });
    await transport.start();
    return { engine: new LocalEngine(transport), port: transport.port };
  },
  // The port is all that keeps the thread alive; what was posted before still arrives.
  () => setImmediate(() => port.close()),
);
