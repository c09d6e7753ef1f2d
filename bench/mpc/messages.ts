/** What the bench and its four processes say to each other. */
import type { PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import type { TlsTransportOptions } from "@sharebridge/mpc-nodes/transport/tls.ts";

/** In this order; `run` as often as wanted. Each is answered before the next is sent. */
export type Order =
  | { readonly kind: "listen"; readonly party: PartyId; readonly transport: TlsTransportOptions }
  | {
      readonly kind: "prepare";
      readonly workload: string;
      readonly n: number;
      readonly rows: number;
      readonly parties: number;
    }
  | { readonly kind: "run" }
  | { readonly kind: "finish" };

export interface Measurement {
  readonly seconds: number;
  /** Of all threads of this process. */
  readonly cpuSeconds: number;
  /** Payload; framing and TLS excluded. */
  readonly bytesSent: number;
  readonly rounds: number;
}

export interface Answer {
  readonly port?: number;
  readonly measurement?: Measurement;
  readonly peakMemoryMiB?: number;
  /** A sentence; nothing works after it. */
  readonly error?: string;
}
