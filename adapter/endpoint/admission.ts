/** The door: looks at a request's raw body before the framework does. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { ServerInstance } from "@chainlink/external-adapter-framework";
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

export interface AdmissionOptions {
  readonly resumeAllowedOrigins: ReadonlySet<string>;
  /** The Authorization header that callers must send; empty when none is asked for. */
  readonly requiredAuthorization: string;
}

/** Compares digests, so that the time says nothing about the secret, its length included. */
function isSameSecret(given: string, expected: string): boolean {
  const [one, other] = [given, expected].map((text) => createHash("sha256").update(text).digest());
  return timingSafeEqual(one!, other!);
}

/** Where to send the answers of requests that came with a `responseURL`, by the framework's request object. */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #responseUrls = new WeakMap<object, string>();

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  responseUrlOf(request: object): string | undefined {
    return this.#responseUrls.get(request);
  }

  /**
   * Installs the door. It takes the `responseURL` out of the body, so that nothing that logs or measures bodies ever sees
   * its UUID, and the request id is checked here, so that metric labels hold ids only. A malformed id is a 400 at once,
   * also when the caller would wait for a resume: nothing is owed for it.
   */
  install(api: ServerInstance): void {
    const { requiredAuthorization, resumeAllowedOrigins } = this.#options;
    api.addHook("onRequest", async (request) => {
      if (request.method !== "POST" || requiredAuthorization === "") return;
      if (isSameSecret(request.headers.authorization ?? "", requiredAuthorization)) return;
      const message = "the call does not carry the Authorization header that REQUIRED_AUTHORIZATION asks for";
      throw toFrameworkError(new AdapterFault("NotAuthorized", message));
    });
    api.addHook("preValidation", async (request) => {
      if (request.method !== "POST") return;
      try {
        const body = checkBody(request.body);
        const { responseURL } = body;
        delete body.responseURL;
        // A Chainlink node without BridgeResponseURL sends an empty text.
        const responseUrl =
          responseURL === undefined || responseURL === "" ? null : checkResponseUrl(responseURL, resumeAllowedOrigins);
        if (responseUrl !== null) this.#responseUrls.set(request, responseUrl);
        const data = (body.data ?? {}) as Body;
        data.requestId = parseRequestId(data.requestId);
      } catch (error) {
        throw toFrameworkError(error);
      }
    });
  }
}
