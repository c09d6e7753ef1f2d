/** The thread's engine over TLS: it tells the node of connections, and lets the thread end when it is closed. */
import type { MessagePort } from "node:worker_threads";
import { TlsTransport } from "../../transport/tls.ts";
import type { Engine } from "../engine.ts";
import { encodeError } from "./errors.ts";
import { serveEngine } from "./host.ts";

export function serveTransport(port: MessagePort, createEngine: (transport: TlsTransport) => Engine): void {
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
      return { engine: createEngine(transport), port: transport.port };
    },
    // The port is all that keeps the thread alive; what was posted before still arrives.
    () => setImmediate(() => port.close()),
  );
}
