/** Requests: each is checked on chain, computed once with the peers, its digest persisted, then signed (PROTOCOL 7, 21). */
import type { MarketAnswer } from "@sharebridge/contracts/typed-data.ts";
import { ChainError } from "../chain/errors.ts";
import type { PartyId } from "../math/party.ts";
import type { RequestFailure, RequestRecord, RequestState, SeatSignature } from "../store/store.ts";
import { computeAndSign, signPersisted } from "./compute-and-sign.ts";
import { isTooLate, type NodeContext } from "./context.ts";
import { NodeError } from "./errors.ts";
import { failureOf, interrupted, mayPass } from "./failure.ts";
import { requireBytes32 } from "./ids.ts";
import { Nudges } from "./nudges.ts";
import { fetchPrivateInputs } from "./private-share-fetcher.ts";
import { type CheckedRequest, checkRequest } from "./request-checks.ts";
import { RowChecks } from "./row-checks.ts";
import { ShareFetcher } from "./share-fetcher.ts";

export interface RequestStatusReport {
  readonly requestId: string;
  readonly state: RequestState;
  readonly error?: RequestFailure;
  readonly answer?: {
    readonly seat: PartyId;
    readonly result: string;
    readonly answer: MarketAnswer;
    readonly signature: string;
    /** What is known of the other seats' signatures over the same, ascending. */
    readonly signatures: readonly SeatSignature[];
  };
  /** Of a signed request: false while the node still computes, so that an answer of a later attempt may follow. */
  readonly final?: boolean;
}

export class Requests {
  readonly #context: NodeContext;
  readonly #nudges: Nudges;
  readonly #fetcher: ShareFetcher;
  /** Being checked, by id: a second call joins the first. */
  readonly #checking = new Map<string, Promise<RequestStatusReport>>();
  /** How many of these are checked for clients. Peers have places of their own: strangers cannot take them. */
  #checkingForClients = 0;
  /** Accepted and not finished, by id. All run at once: a queue in another order than the peers' would wait for itself. */
  readonly #running = new Map<string, { readonly buyer: string; readonly done: Promise<void> }>();
  #stopped = false;

  /** @param rowChecks Hears of the sessions that peers announce about datasets. */
  constructor(
    context: NodeContext,
    fetcher = new ShareFetcher(context),
    rowChecks: Pick<RowChecks, "find" | "takePart"> = new RowChecks(context, fetcher),
  ) {
    this.#context = context;
    const { settings, log } = context;
    this.#fetcher = fetcher;
    this.#nudges = new Nudges({
      ...{ timeoutMs: settings.sessionTimeoutMs, maximumPerPeer: settings.maxQueuedRequests, log },
      consider: async (id, from) => {
        const rowCheck = await rowChecks.find(id);
        if (rowCheck === null) return this.#consider(id, "peer");
        return { state: await rowChecks.takePart(rowCheck, from) };
      },
      // Only peers have opened a session for it.
      refuse: (requestId, reason) => {
        if (!this.#running.has(requestId)) context.engine.refuse(requestId, reason);
      },
    });
  }

  /**
   * Takes a request on, whoever told of it: all that counts is what the chain shows. Repeating it changes nothing.
   * Throws the named error of the check that fails; the request is not remembered then and may be asked for again.
   */
  async consider(requestIdText: unknown): Promise<RequestStatusReport> {
    return this.#consider(requireBytes32("a request id", requestIdText), "client");
  }

  /** What a peer's announcement sets off: the same, but nobody waits for the outcome. */
  nudge(requestId: string, from: PartyId): void {
    this.#nudges.hear(requestId, from);
  }

  async #consider(requestId: string, asker: "client" | "peer"): Promise<RequestStatusReport> {
    if (this.#stopped) throw new NodeError("ShuttingDown", "this node is shutting down; ask again when it is back");
    const record = await this.#context.store.request(requestId);
    const restartable = record?.state === "failed" && !record.sessionOpened;
    if (record !== null && !restartable) return { requestId, state: record.state };
    const underWay = this.#checking.get(requestId);
    if (underWay !== undefined) return underWay;
    if (this.#running.has(requestId)) return { requestId, state: "queued" };
    const place = asker === "client" ? 1 : 0;
    if (asker === "client") this.#requireRoom(this.#checkingForClients);
    this.#checkingForClients += place;
    const checking = this.#admit(requestId, "unknown").finally(() => {
      this.#checkingForClients -= place;
      this.#checking.delete(requestId);
    });
    this.#checking.set(requestId, checking);
    return checking;
  }

  /** Throws `UnknownRequest` for a request that this node has not accepted. */
  async report(requestIdText: unknown): Promise<RequestStatusReport> {
    const requestId = requireBytes32("a request id", requestIdText);
    const { store, seat } = this.#context;
    const record = await store.request(requestId);
    if (record === null)
      throw new ChainError("UnknownRequest", `this node has not accepted a request ${requestId}: POST it first`);
    if (record.state === "failed") return this.#failed(record);
    if (record.state !== "signed") return { requestId, state: record.state };
    const late = await this.#tooLateToRelease(requestId, record.market, record.deadlineUnixS);
    if (late !== null) return { requestId, state: "failed", error: late };
    const signed = await store.answer(requestId);
    if (signed === null || signed.signature === null) return { requestId, state: "computing" };
    const { result, answer, signature } = signed;
    const signatures = (await store.certificate(requestId, answer.attempt)).filter((other) => other.seat !== seat);
    return {
      ...{ requestId, state: "signed", final: !this.#running.has(requestId) },
      answer: { seat, result, answer, signature, signatures },
    };
  }

  /** After a restart: what was accepted is checked again, what was persisted is signed, what was cut off has failed. */
  async resume(): Promise<void> {
    const { store, log } = this.#context;
    for (const { requestId, market, sessionOpened } of await store.unfinishedRequests()) {
      log.info({ requestId, sessionOpened }, "request left over from the last run");
      if (await store.answer(requestId)) await signPersisted(this.#context, requestId, market);
      else if (sessionOpened) await store.markFailed(requestId, interrupted);
      else this.#restart(requestId);
    }
  }

  /** Takes nothing on any more; resolves when everything under way has ended. Close the engine first. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#nudges.stop();
    await this.#fetcher.stop();
    await Promise.allSettled(this.#checking.values());
    await Promise.allSettled([...this.#running.values()].map(({ done }) => done));
  }

  #restart(requestId: string): void {
    const { store, log } = this.#context;
    const checking = this.#admit(requestId, "queued")
      .catch(async (error: unknown) => {
        log.info({ requestId, error }, "request is not taken up again");
        const failure = mayPass(failureOf(error).code) ? interrupted : failureOf(error);
        await store.markFailed(requestId, failure);
        return { requestId, state: "failed" as const };
      })
      .finally(() => this.#checking.delete(requestId));
    this.#checking.set(requestId, checking);
  }

  /** @param before Whether the store has the request in its queue already. */
  async #admit(requestId: string, before: "unknown" | "queued"): Promise<RequestStatusReport> {
    const { store, log } = this.#context;
    const checked = await checkRequest(
      this.#context,
      requestId,
      (member) => this.#fetcher.obtain(member),
      (named) => fetchPrivateInputs(this.#context, named),
    );
    const { market, request } = checked;
    // From here to the entry into the map nothing is awaited: two requests cannot take the same place.
    if (this.#stopped) throw new NodeError("ShuttingDown", "this node is shutting down; ask again when it is back");
    this.#requireRoom(this.#running.size);
    this.#requireQuota(request.buyer);
    const record = { requestId, market, buyer: request.buyer, deadlineUnixS: request.deadlineUnixS };
    const added = before === "queued" ? Promise.resolve(true) : store.addRequest(record);
    const done = added
      .then((isNew) => (isNew ? this.#run(checked) : undefined))
      .finally(() => this.#running.delete(requestId));
    this.#running.set(requestId, { buyer: request.buyer, done });
    // The run reports its own failure; this one is about the store.
    done.catch((error: unknown) => log.error({ requestId, error }, "request could not be run"));
    await added;
    log.info({ requestId, market, rows: checked.rows }, "request accepted");
    return { requestId, state: "queued" };
  }

  /** Never throws for what goes wrong in the computation: it becomes the request's failure. */
  async #run(checked: CheckedRequest): Promise<void> {
    const { store, log } = this.#context;
    const { requestId } = checked;
    try {
      await computeAndSign(this.#context, checked);
    } catch (error) {
      log.warn({ requestId, error }, "request failed");
      await store.markFailed(requestId, failureOf(error));
    }
  }

  /** A failure that may pass is not the request's end: whoever asks is told to POST it again. */
  #failed({ requestId, sessionOpened, failure }: RequestRecord): RequestStatusReport {
    const error = failure ?? interrupted;
    if (!sessionOpened && (error.code === "PeerUnreachable" || error.code === "Interrupted")) {
      throw new NodeError(error.code, `${error.message}; POST the request again`);
    }
    return { requestId, state: "failed", error };
  }

  /** Near its deadline an answer that nobody has delivered is not shown any more: a refund is due (MARKET 9). */
  async #tooLateToRelease(requestId: string, market: string, deadlineUnixS: bigint): Promise<RequestFailure | null> {
    const view = await this.#context.chain.view();
    if (!isTooLate(this.#context, view, deadlineUnixS)) return null;
    if ((await view.statusOf(market, requestId)) === "answered") return null;
    return {
      code: "DeadlinePassed",
      message: `the deadline of request ${requestId} is too near or has passed; nothing is released`,
    };
  }

  #requireRoom(taken: number): void {
    if (taken >= this.#context.settings.maxQueuedRequests) {
      throw new NodeError("QueueFull", `${taken} requests are under way here; ask again later`);
    }
  }

  #requireQuota(buyer: string): void {
    const { maxRequestsPerBuyer } = this.#context.settings;
    const own = [...this.#running.values()].filter((running) => running.buyer === buyer).length;
    if (own >= maxRequestsPerBuyer) {
      throw new NodeError(
        "BuyerQuotaExceeded",
        `${own} requests of buyer ${buyer} are under way here; ask again later`,
      );
    }
  }
}
