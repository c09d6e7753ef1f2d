import { bytesToHex } from "@noble/hashes/utils.js";
import { PARTIES, type PartyId } from "../math/party.ts";
import { systemRandom } from "../math/random.ts";
import { WireError } from "../wire/errors.ts";
import type { Frame } from "../wire/frames.ts";
import { type FrameKind, MAX_ANSWER_BYTES, MAX_OPEN_QUESTIONS_PER_PEER, MAX_QUESTION_BYTES } from "../wire/limits.ts";
import { TransportError } from "./errors.ts";

/** The first byte of an answer. */
const Status = { answered: 0, refused: 1, busy: 2 } as const;

const ID_BYTES = 32;

export interface QuestionsOptions {
  readonly party: PartyId;
  /** How long an answer may take. */
  readonly timeoutMs: number;
  isConnected(peer: PartyId): boolean;
  sendFrame(to: PartyId, kind: FrameKind, id: string, body: Uint8Array): void;
  /** Undefined when nobody here answers. A rejection refuses. */
  onQuestion(question: Uint8Array, from: PartyId): Promise<Uint8Array> | undefined;
}

interface OpenQuestion {
  readonly peer: PartyId;
  readonly maximumBytes: number;
  readonly timer: NodeJS.Timeout;
  resolve(answer: Uint8Array): void;
  reject(error: Error): void;
}

/**
 * Questions and answers between two parties, outside of any session: one short frame there, one bounded frame back, no
 * state in between. Both sides know the other by the connection. Bounded per peer, in number and in time.
 */
export class Questions {
  readonly #options: QuestionsOptions;
  readonly #asked = new Map<string, OpenQuestion>();
  /** Questions that are being answered, by who asked. */
  readonly #answering: [number, number, number, number] = [0, 0, 0, 0];
  #closed: Error | null = null;

  constructor(options: QuestionsOptions) {
    this.#options = options;
  }

  /** See `Transport.ask`. */
  async ask(peer: PartyId, question: Uint8Array, maximumBytes: number): Promise<Uint8Array> {
    const { party, timeoutMs, isConnected, sendFrame } = this.#options;
    if (peer === party || !PARTIES.includes(peer)) {
      throw new TransportError("InvalidArgument", `party ${party} has nothing to ask of party ${peer}`);
    }
    if (question.length < 1 || question.length > MAX_QUESTION_BYTES || !(maximumBytes <= MAX_ANSWER_BYTES)) {
      const message = `a question has 1 to ${MAX_QUESTION_BYTES} bytes and is answered in ${MAX_ANSWER_BYTES}, not ${question.length} in ${maximumBytes}`;
      throw new TransportError("InvalidArgument", message);
    }
    if (this.#closed !== null) throw this.#closed;
    if (!isConnected(peer)) throw new TransportError("PeerUnreachable", `party ${peer} is not connected`, peer);
    const open = [...this.#asked.values()].filter((other) => other.peer === peer).length;
    if (open >= MAX_OPEN_QUESTIONS_PER_PEER) {
      throw new TransportError("QuestionsBusy", `${open} questions to party ${peer} are open`, peer);
    }
    const id = `0x${bytesToHex(systemRandom(ID_BYTES))}`;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const message = `party ${peer} did not answer a question within ${timeoutMs} ms`;
        this.#take(id)?.reject(new TransportError("PeerSilent", message, peer));
      }, timeoutMs);
      this.#asked.set(id, { peer, maximumBytes, timer, resolve, reject });
      sendFrame(peer, "question", id, question);
    });
  }

  /**
   * Takes a frame of a peer; false when it is none of a question.
   *
   * @throws WireError for an answer that no party gives.
   */
  accept(from: PartyId, { kind, sessionId, body }: Frame): boolean {
    if (kind === "question") void this.#answer(from, sessionId, body);
    else if (kind === "answer") this.#acceptAnswer(from, sessionId, body);
    return kind === "question" || kind === "answer";
  }

  losePeer(peer: PartyId, error: Error): void {
    for (const [id, question] of [...this.#asked]) if (question.peer === peer) this.#take(id)?.reject(error);
  }

  /** Ends every wait; nothing is asked or answered any more, and no timer is left. */
  close(error: Error): void {
    this.#closed = error;
    for (const id of [...this.#asked.keys()]) this.#take(id)?.reject(error);
  }

  /** Never throws: whatever goes wrong here is a refusal there. */
  async #answer(from: PartyId, id: string, question: Uint8Array): Promise<void> {
    if (this.#answering[from] >= MAX_OPEN_QUESTIONS_PER_PEER) return this.#send(from, id, Status.busy);
    this.#answering[from]++;
    try {
      const answer = await this.#options.onQuestion(question, from);
      if (answer === undefined || answer.length > MAX_ANSWER_BYTES) this.#send(from, id, Status.refused);
      else this.#send(from, id, Status.answered, answer);
    } catch {
      this.#send(from, id, Status.refused);
    } finally {
      this.#answering[from]--;
    }
  }

  #send(to: PartyId, id: string, status: number, answer: Uint8Array = new Uint8Array()): void {
    if (this.#closed !== null) return;
    const body = new Uint8Array(1 + answer.length);
    body[0] = status;
    body.set(answer, 1);
    this.#options.sendFrame(to, "answer", id, body);
  }

  /** An answer that came too late is dropped; so is one from another than who was asked. */
  #acceptAnswer(from: PartyId, id: string, body: Uint8Array): void {
    const [status] = body;
    if (status > Status.busy) throw new WireError("MalformedFrame", `${status} is not the status of an answer`);
    if (this.#asked.get(id)?.peer !== from) return;
    const question = this.#take(id)!;
    const answer = body.subarray(1);
    if (status === Status.busy) {
      question.reject(new TransportError("QuestionsBusy", `party ${from} answers other questions of this party`, from));
    } else if (status === Status.refused) {
      question.reject(new TransportError("QuestionRefused", `party ${from} does not answer this question`, from));
    } else if (answer.length > question.maximumBytes) {
      const message = `party ${from} answers with ${answer.length} bytes where at most ${question.maximumBytes} were asked for`;
      question.reject(new TransportError("ProtocolViolation", message, from));
    } else {
      question.resolve(answer);
    }
  }

  #take(id: string): OpenQuestion | undefined {
    const question = this.#asked.get(id);
    if (question !== undefined) clearTimeout(question.timer);
    this.#asked.delete(id);
    return question;
  }
}
