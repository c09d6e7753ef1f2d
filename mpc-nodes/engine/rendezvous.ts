/**
 * What peers say of a request outside of its sessions: that it is answered, which they prove, or which attempt they have entered,
 * which they only say. Honest parties meet by it before an attempt of three; a liar can make an attempt fail that it is in,
 * and no other.
 */
import type { PartyId } from "../math/party.ts";
import { TransportError } from "../transport/errors.ts";
import type { Transport } from "../transport/transport.ts";
import { decodeStatus, encodeStatusQuestion, MAX_STATUS_BYTES, type Status } from "../wire/status-question.ts";
import { type Attempt, activeParties } from "./attempt-plan.ts";
import { isCertificate } from "./certificates.ts";
import type { Certificate, JobHooks } from "./engine.ts";
import type { Sleep } from "./sleep.ts";
import { type EngineTimes, rendezvousMsOf, roundMsOf } from "./times.ts";

export interface RendezvousOptions {
  readonly transport: Transport;
  readonly requestId: string;
  readonly hooks: Pick<JobHooks, "isSignature">;
  readonly times: EngineTimes;
  readonly sleep: Sleep;
  /** Ends every wait. */
  readonly signal: AbortSignal;
}

/** What a look at some peers has shown. */
interface Seen {
  readonly certificate: Certificate | null;
  /** By peer; null for one that gave no answer, or one that is not true. */
  readonly statuses: ReadonlyMap<PartyId, Status | null>;
}

export class Rendezvous {
  readonly #options: RendezvousOptions;
  readonly #question: Uint8Array;
  /** Peers that have shown a false certificate: theirs are not looked at again. */
  readonly #liars = new Set<PartyId>();

  constructor(options: RendezvousOptions) {
    this.#options = options;
    this.#question = encodeStatusQuestion(options.requestId);
  }

  /** Whether a peer that is connected has the answer. Rejects with what the hook throws, or the signal's reason. */
  async certificate(): Promise<Certificate | null> {
    return (await this.#look(this.#options.transport.connected)).certificate;
  }

  /**
   * Waits until all active peers of an attempt have entered it, or one has the answer. Patient is who is left out of the attempt
   * before: it waits for as long as a peer says that this one runs.
   *
   * @throws TransportError of a peer that does not come
   */
  async meet(attempt: Attempt, patient: boolean): Promise<Certificate | null> {
    const { transport, times } = this.#options;
    const bound = patient ? Number.POSITIVE_INFINITY : rendezvousMsOf(transport.receiveMs, times);
    const heard = new Map<PartyId, number>();
    const start = performance.now();
    return this.#poll(activeParties(attempt), ({ statuses }) => {
      const now = performance.now();
      let [missing, behind]: [PartyId | null, boolean] = [null, false];
      let gone: PartyId | null = null;
      for (const [peer, status] of statuses) {
        const entered = status?.kind === "running" ? status.attempt : null;
        if (entered !== null && entered > attempt.attempt) throw hasLeft(peer, attempt);
        if (entered === attempt.attempt) continue;
        missing = peer;
        if (entered !== null) behind = true;
        if (status !== null) heard.set(peer, now);
        const silent = status === null && now - (heard.get(peer) ?? start) > roundMsOf(transport.receiveMs, times);
        if (silent || status?.kind === "over" || status?.kind === "unknown") gone = peer;
      }
      if (missing === null) return true;
      if (gone !== null && !behind) throw hasLeft(gone, attempt);
      if (now - start > bound) throw doesNotCome(missing, attempt);
      return false;
    });
  }

  /** Waits for the answer for as long as a peer says that it is still in an attempt which has failed here. */
  async outcomeOf(attempt: Attempt): Promise<Certificate | null> {
    const { transport, times } = this.#options;
    const start = performance.now();
    return this.#poll(activeParties(attempt), ({ statuses }) => {
      if (performance.now() - start > rendezvousMsOf(transport.receiveMs, times)) return true;
      return ![...statuses.values()].some((status) => status?.kind === "running" && status.attempt <= attempt.attempt);
    });
  }

  /** Looks again and again until `done`, which may throw, or a certificate is there. */
  async #poll(parties: readonly PartyId[], done: (seen: Seen) => boolean): Promise<Certificate | null> {
    const { transport, times, sleep, signal } = this.#options;
    const peers = parties.filter((party) => party !== transport.party);
    let pause = times.minimumPollMs;
    for (;;) {
      const seen = await this.#look(peers);
      if (seen.certificate !== null || done(seen)) return seen.certificate;
      await sleep(pause, signal);
      pause = Math.min(2 * pause, times.maximumPollMs);
    }
  }

  async #look(peers: readonly PartyId[]): Promise<Seen> {
    const { signal, hooks } = this.#options;
    const answers = await Promise.all(peers.map(async (peer) => [peer, await this.#ask(peer)] as const));
    signal.throwIfAborted();
    const statuses = new Map(answers);
    for (const [peer, status] of statuses) {
      if (status?.kind !== "answered") continue;
      const valid = !this.#liars.has(peer) && (await isCertificate(status.certificate, hooks));
      signal.throwIfAborted();
      if (valid) return { certificate: status.certificate, statuses };
      this.#liars.add(peer);
      statuses.set(peer, null);
    }
    return { certificate: null, statuses };
  }

  /** Null for no answer in time. */
  async #ask(peer: PartyId): Promise<Status | null> {
    const { times, sleep, signal } = this.#options;
    const answered = new AbortController();
    const late = sleep(times.askMs, AbortSignal.any([answered.signal, signal])).then(() => null);
    try {
      return await Promise.race([this.#answer(peer, answered.signal), late]);
    } catch {
      return null;
    } finally {
      answered.abort();
    }
  }

  /** A peer that has too many questions to answer is asked again. */
  async #answer(peer: PartyId, over: AbortSignal): Promise<Status | null> {
    const { transport, times, sleep } = this.#options;
    while (!over.aborted) {
      try {
        return decodeStatus(await transport.ask(peer, this.#question, MAX_STATUS_BYTES));
      } catch (error) {
        if (!(error instanceof TransportError && error.code === "QuestionsBusy")) return null;
        await sleep(times.minimumPollMs, over);
      }
    }
    return null;
  }
}

function hasLeft(peer: PartyId, { attempt }: Attempt): TransportError {
  return new TransportError("ClosedByPeer", `party ${peer} takes no part in attempt ${attempt}`, peer);
}

function doesNotCome(peer: PartyId, { attempt }: Attempt): TransportError {
  return new TransportError("PeerSilent", `party ${peer} did not come to attempt ${attempt} in time`, peer);
}
