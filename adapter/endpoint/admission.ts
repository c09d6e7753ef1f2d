/** The door: looks at a request's raw body before the framework does. */
import type { ServerInstance } from "@chainlink/external-adapter-framework";
import { pendingResponse } from "../computation/response.ts";
import type { DeliveryQueue } from "../delivery/queue.ts";
import { AdapterFault } from "../errors.ts";
import { toFrameworkError } from "./framework-error.ts";
import { parseRequestId } from "./request-id.ts";
import { checkResponseUrl } from "./response-url.ts";

type Body = Record<string, unknown>;

const isObject = (value: unknown): value is Body =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** @throws AdapterFault `MalformedBody` for what the framework would answer with an unnamed 500 */
function checkBody(body: unknown): Body {
  if (!isObject(body)) throw new AdapterFault("MalformedBody", "the body must be a JSON object");
  const { data = {}, endpoint } = body;
  if (!isObject(data)) throw new AdapterFault("MalformedBody", "data must be a JSON object");
  for (const name of [endpoint, data.endpoint]) {
    if (name !== undefined && typeof name !== "string")
      throw new AdapterFault("MalformedBody", "endpoint must be a text");
  }
  if (data.overrides !== undefined) throw new AdapterFault("MalformedBody", "data.overrides has no meaning here");
  return body;
}

/** Where to send the answers of requests that came with a `responseURL`, by the framework's request object. */
export class Admission {
  readonly #allowedOrigins: ReadonlySet<string>;
  readonly #queue: DeliveryQueue;
  readonly #responseUrls = new WeakMap<object, string>();

  constructor(allowedOrigins: ReadonlySet<string>, queue: DeliveryQueue) {
    this.#allowedOrigins = allowedOrigins;
    this.#queue = queue;
  }

  responseUrlOf(request: object): string | undefined {
    return this.#responseUrls.get(request);
  }

  /**
   * Installs the door. It takes the `responseURL` out of the body, so that nothing that logs or measures bodies ever sees
   * its UUID, and the request id is checked here, so that metric labels hold ids only. A malformed id is a 400; when the
   * caller waits for a resume, it is acknowledged and the run is resumed with the error, as with every other error.
   */
  install(api: ServerInstance): void {
    api.addHook("preValidation", async (request, reply) => {
      if (request.method !== "POST") return;
      try {
        const body = checkBody(request.body);
        const { responseURL } = body;
        delete body.responseURL;
        // A Chainlink node without BridgeResponseURL sends an empty text.
        const responseUrl =
          responseURL === undefined || responseURL === "" ? null : checkResponseUrl(responseURL, this.#allowedOrigins);
        if (responseUrl !== null) this.#responseUrls.set(request, responseUrl);
        const data = (body.data ?? {}) as Body;
        try {
          data.requestId = parseRequestId(data.requestId);
        } catch (fault) {
          if (responseUrl === null || !(fault instanceof AdapterFault)) throw fault;
          this.#queue.oweError(responseUrl, fault);
          return reply.code(200).send(pendingResponse(Date.now()));
        }
        return;
      } catch (error) {
        throw toFrameworkError(error);
      }
    });
  }
}
