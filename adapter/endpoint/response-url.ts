import { AdapterFault } from "../errors.ts";
import { MAXIMUM_RESPONSE_URL_CHARACTERS } from "../limits.ts";

/** Where a Chainlink node takes a resume: `<BridgeResponseURL>/v2/resume/<UUID>`. */
const RESUME_PATH = /\/v2\/resume\/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Checks that answers may be sent to a URL that a caller names: the resume path of an origin that the operator allows,
 * nothing else (no credentials, query or fragment). Otherwise any caller could have the adapter send requests into its network.
 *
 * @throws AdapterFault `ResponseUrlNotAllowed`; the sentence never holds the UUID
 */
export function checkResponseUrl(value: unknown, allowedOrigins: ReadonlySet<string>): string {
  const refuse = (why: string): never => {
    throw new AdapterFault("ResponseUrlNotAllowed", why);
  };
  if (typeof value !== "string" || value.length > MAXIMUM_RESPONSE_URL_CHARACTERS || !URL.canParse(value)) {
    return refuse(`responseURL must be a URL of at most ${MAXIMUM_RESPONSE_URL_CHARACTERS} characters`);
  }
  const url = new URL(value);
  if (!allowedOrigins.has(url.origin)) {
    return refuse(`the origin of responseURL, ${url.origin}, is not one of RESUME_ALLOWED_ORIGINS`);
  }
  if (
    url.username !== "" ||
    url.password !== "" ||
    url.search !== "" ||
    url.hash !== "" ||
    !RESUME_PATH.test(url.pathname)
  ) {
    return refuse(
      "responseURL must end in /v2/resume/ and the task run's UUID, without credentials, query or fragment",
    );
  }
  return url.href;
}
