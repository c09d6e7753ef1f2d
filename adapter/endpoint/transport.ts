/** Answers one request: from the computation itself, or by a promise to resume the caller's run. */
import type { ResponseCache } from "@chainlink/external-adapter-framework/cache/response.js";
import type { Transport, TransportDependencies } from "@chainlink/external-adapter-framework/transports/index.js";
import type { AdapterRequest, AdapterResponse } from "@chainlink/external-adapter-framework/util/index.js";
import type { Computations } from "../computation/computations.ts";
import { type AnswerResponse, pendingResponse } from "../computation/response.ts";
import type { DeliveryQueue } from "../delivery/queue.ts";
import { AdapterFault } from "../errors.ts";
import type { Admission } from "./admission.ts";
import type { ComputationTypes } from "./computation.ts";
import { toFrameworkError } from "./framework-error.ts";

type Answered = AdapterResponse<ComputationTypes["Response"]>;

/**
 * Everything happens in `foregroundExecute`, and nothing is written to the framework's cache: it holds no answer that
 * could go stale, and no error.
 */
export class ComputationTransport implements Transport<ComputationTypes> {
  name!: string;
  responseCache!: ResponseCache<ComputationTypes>;
  readonly #computations: Computations;
  readonly #queue: DeliveryQueue;
  readonly #admission: Admission;
  readonly #syncWaitMs: number;

  constructor(computations: Computations, queue: DeliveryQueue, admission: Admission, syncWaitMs: number) {
    this.#computations = computations;
    this.#queue = queue;
    this.#admission = admission;
    this.#syncWaitMs = syncWaitMs;
  }

  async initialize(
    dependencies: TransportDependencies<ComputationTypes>,
    _settings: ComputationTypes["Settings"],
    _endpointName: string,
    transportName: string,
  ): Promise<void> {
    this.name = transportName;
    this.responseCache = dependencies.responseCache;
  }

  async foregroundExecute(request: AdapterRequest<{ requestId: string }>): Promise<Answered> {
    const { requestId } = request.requestContext.data;
    const responseUrl = this.#admission.responseUrlOf(request);
    try {
      if (responseUrl === undefined) return asFrameworkResponse(await this.#wait(requestId));
      this.#queue.owe(requestId, responseUrl);
      return asFrameworkResponse(pendingResponse(Date.now()));
    } catch (error) {
      throw toFrameworkError(error);
    }
  }

  /** Waits for the answer; the computation goes on when the wait is over, and a repeat joins it. */
  async #wait(requestId: string): Promise<AnswerResponse> {
    this.#computations.assertRoom(requestId);
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const message = `the answer to ${requestId} is not ready after ${this.#syncWaitMs} ms; ask again, or use async=true`;
        reject(new AdapterFault("NotReady", message));
      }, this.#syncWaitMs);
    });
    try {
      return await Promise.race([this.#computations.answer(requestId), tooLate]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The framework sends the object as it is; its type knows neither `pending` nor an undefined timestamp of ours. */
function asFrameworkResponse(response: object): Answered {
  return response as Answered;
}
