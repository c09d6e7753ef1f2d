/** The listening side of HTTP: bounded in connections and in time. */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { CONNECTIONS_CHECKING_INTERVAL_MS } from "../wire/limits.ts";

const MAX_CONNECTIONS = 256;
const HEADERS_TIMEOUT_MS = 10_000;
/** The whole of a request: the largest upload over a slow line. */
const REQUEST_TIMEOUT_MS = 600_000;
const KEEP_ALIVE_TIMEOUT_MS = 5_000;
/** How long closing waits for answers that are under way. */
const CLOSE_GRACE_MS = 2_000;

export interface HttpServer {
  readonly port: number;
  /** Ends idle connections at once, the others with their answer or after a short grace; resolves when none is left. */
  close(): Promise<void>;
}

export async function listen(app: RequestListener, host: string, port: number): Promise<HttpServer> {
  const server: Server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      connectionsCheckingInterval: CONNECTIONS_CHECKING_INTERVAL_MS,
    },
    app,
  );
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        const giveUp = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
        server.close(() => {
          clearTimeout(giveUp);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}
