import { PARTIES, type PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { PRESENCE_BYTES } from "@sharebridge/mpc-nodes/protocol/joint-round.ts";
import type { Network } from "@sharebridge/mpc-nodes/protocol/network.ts";

/** One payload on its way. */
export interface Frame {
  readonly from: PartyId;
  readonly to: PartyId;
  /** Counts the payloads from `from` to `to`, from 0. */
  readonly index: number;
  readonly payload: Uint8Array;
}

/** A byte that says only that its sender is there: altering it changes nothing. */
export function isPresence({ payload }: Pick<Frame, "payload">): boolean {
  return payload.length === PRESENCE_BYTES;
}

/** What happened, in order. A frame is received when the last of its bytes was handed to the receiver. */
export interface NetworkEvent extends Frame {
  readonly kind: "sent" | "received";
}

export interface MemoryNetworks {
  readonly networks: readonly Network[];
  readonly events: readonly NetworkEvent[];
  /** Rejects what waits and refuses what follows. */
  close(reason: Error): void;
}

interface Link {
  readonly frames: { frame: Frame; consumed: number }[];
  waiting: { into: Uint8Array; resolve(): void; reject(error: Error): void } | null;
  sent: number;
}

/**
 * Networks of four parties, or of three, in one process, no sockets.
 * @param tamper may replace a payload on its way; returns what arrives (of the same length)
 * @param active who takes part, ascending
 */
export function memoryNetworks(
  tamper: (frame: Frame) => Uint8Array = ({ payload }) => payload,
  active: readonly PartyId[] = PARTIES,
): MemoryNetworks {
  const events: NetworkEvent[] = [];
  const links = PARTIES.map(() => PARTIES.map((): Link => ({ frames: [], waiting: null, sent: 0 })));
  let closed: Error | null = null;

  function deliver(link: Link): void {
    const available = link.frames.reduce((total, { frame, consumed }) => total + frame.payload.length - consumed, 0);
    if (!link.waiting || available < link.waiting.into.length) return;
    const { into, resolve } = link.waiting;
    link.waiting = null;
    let filled = 0;
    while (filled < into.length) {
      const head = link.frames[0]!;
      const part = head.frame.payload.subarray(head.consumed, head.consumed + into.length - filled);
      into.set(part, filled);
      filled += part.length;
      head.consumed += part.length;
      if (head.consumed === head.frame.payload.length) {
        events.push({ kind: "received", ...head.frame });
        link.frames.shift();
      }
    }
    resolve();
  }

  const networks = active.map((party): Network => {
    const statistics = { bytesSent: 0, bytesReceived: 0, messagesSent: 0 };
    return {
      party,
      peers: active.filter((peer) => peer !== party),
      statistics,
      send(to, payload) {
        if (closed) throw closed;
        const link = links[party]![to]!;
        const sent: Frame = { from: party, to, index: link.sent++, payload };
        statistics.bytesSent += payload.length;
        statistics.messagesSent++;
        events.push({ kind: "sent", ...sent, payload: payload.slice() });
        link.frames.push({ frame: { ...sent, payload: tamper(sent).slice() }, consumed: 0 });
        deliver(link);
      },
      queued: () => 0,
      async room() {
        if (closed) throw closed;
      },
      async idle() {},
      async receive(from, into) {
        if (closed) throw closed;
        const link = links[from]![party]!;
        if (link.waiting) throw new Error(`party ${party} already waits for party ${from}`);
        await new Promise<void>((resolve, reject) => {
          link.waiting = { into, resolve, reject };
          deliver(link);
        });
        statistics.bytesReceived += into.length;
      },
    };
  });

  return {
    networks,
    events,
    close(reason) {
      closed = reason;
      for (const link of links.flat()) {
        link.waiting?.reject(reason);
        link.waiting = null;
      }
    },
  };
}
