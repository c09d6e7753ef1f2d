import { type PartyId, partiesExcept } from "../math/party.ts";
import type { Network, NetworkStatistics } from "../protocol/network.ts";
import { MAX_DATA_FRAME_BYTES } from "../wire/limits.ts";
import { TransportError } from "./errors.ts";
import { IncomingStream } from "./incoming.ts";

export interface SessionOptions {
  readonly party: PartyId;
  readonly requestId: string;
  readonly receiveTimeoutMs: number;
  /** Sends one data frame's body; throws `SendOverflow` when too much is queued. */
  sendData(to: PartyId, body: Uint8Array): void;
  onBuffered(from: PartyId, change: number): void;
}

/** One party's end of a session: a `Network` whose bytes travel in frames. */
export class TransportSession implements Network {
  readonly party: PartyId;
  readonly requestId: string;
  readonly statistics: NetworkStatistics = { bytesSent: 0, bytesReceived: 0, messagesSent: 0 };
  /** The peers that have said which request the session computes. */
  readonly announced = new Set<PartyId>();
  readonly #options: SessionOptions;
  readonly #streams = new Map<PartyId, IncomingStream>();
  #closed: Error | null = null;

  constructor(options: SessionOptions) {
    this.party = options.party;
    this.requestId = options.requestId;
    this.#options = options;
    for (const peer of partiesExcept(options.party)) {
      const onBuffered = (change: number) => options.onBuffered(peer, change);
      this.#streams.set(peer, new IncomingStream({ peer, receiveTimeoutMs: options.receiveTimeoutMs, onBuffered }));
    }
  }

  /** Cuts the payload into frames. To a peer that has ended its side nothing is sent any more: it does not listen. */
  send(to: PartyId, payload: Uint8Array): void {
    const stream = this.stream(to);
    if (this.#closed !== null) throw this.#closed;
    this.statistics.messagesSent += 1;
    this.statistics.bytesSent += payload.length;
    if (stream.ended) return;
    try {
      for (let start = 0; start < payload.length; start += MAX_DATA_FRAME_BYTES) {
        this.#options.sendData(to, payload.subarray(start, start + MAX_DATA_FRAME_BYTES));
      }
    } catch (error) {
      stream.destroy(error as Error);
      throw error;
    }
  }

  receive(from: PartyId, byteLength: number): Promise<Uint8Array> {
    const bytes = this.#receive(from, byteLength);
    // Whoever reads from several peers at once looks at the first failure only; the others are no loose ends.
    bytes.catch(() => {});
    return bytes;
  }

  async #receive(from: PartyId, byteLength: number): Promise<Uint8Array> {
    const stream = this.stream(from);
    if (!Number.isSafeInteger(byteLength) || byteLength < 0) {
      throw new TransportError(
        "InvalidArgument",
        `cannot receive ${byteLength} bytes: the length must be an integer ≥ 0`,
      );
    }
    const bytes = await stream.read(byteLength);
    this.statistics.bytesReceived += byteLength;
    return bytes;
  }

  /** What `peer` sends in this session. */
  stream(peer: PartyId): IncomingStream {
    const stream = this.#streams.get(peer);
    if (stream === undefined) {
      throw new TransportError("InvalidArgument", `party ${this.party} has no stream to party ${peer}`);
    }
    return stream;
  }

  /** Rejects every wait with `error`; frees every buffer. */
  destroy(error: Error): void {
    this.#closed = error;
    for (const stream of this.#streams.values()) stream.destroy(error);
  }
}
