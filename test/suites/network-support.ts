/** What tests of networks share. */
import { expect } from "chai";
import type { Network } from "../../mpc-nodes/protocol/network.ts";
import type { TransportErrorCode } from "../../mpc-nodes/transport/errors.ts";
import type { TransportLimits, TransportTimeouts } from "../../mpc-nodes/transport/options.ts";
import type { Transport } from "../../mpc-nodes/transport/transport.ts";

export interface TransportsOptions {
  readonly timeouts?: Partial<TransportTimeouts>;
  readonly limits?: Partial<TransportLimits>;
}

/** Makes four connected transports, by party. */
export type CreateTransports = (options?: TransportsOptions) => Promise<Transport[]>;

export const REQUEST = `0x${"5e".repeat(32)}`;

/** A 32-byte id that differs for each number. */
export function idOf(number: number): string {
  return `0x${number.toString(16).padStart(64, "0")}`;
}

export function openAll(transports: readonly Transport[], sessionId: string): Promise<Network[]> {
  return Promise.all(transports.map((transport) => transport.openSession(sessionId, REQUEST)));
}

/** Fails unless the promise rejects with this code; gives the error. */
export async function rejection(promise: Promise<unknown>, code: TransportErrorCode): Promise<Error> {
  const outcome = await promise.then(
    () => null,
    (error: Error) => error,
  );
  expect(outcome, `expected ${code}`).to.have.property("code", code);
  return outcome as Error;
}
