/** A TCP relay that holds back what passes, as distance would. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

export interface Relay {
  readonly port: number;
  close(): void;
}

/** @param delayMs each way */
export async function createRelay(targetPort: number, delayMs: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((near) => {
    const far = connect({ host: "127.0.0.1", port: targetPort });
    pass(near, far, delayMs);
    pass(far, near, delayMs);
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => sockets.delete(socket));
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Timers of one duration fire in the order in which they were set, so the bytes stay in order. */
function pass(from: Socket, to: Socket, delayMs: number): void {
  from.on("data", (bytes) => setTimeout(() => to.write(bytes), delayMs));
  from.on("end", () => setTimeout(() => to.end(), delayMs));
}
