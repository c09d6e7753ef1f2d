/** One PATCH that resumes a run of a Chainlink node. */

/**
 * `taken`: the run goes on. `refused`: this body will never be taken. `notFound`: the node knows no such run (yet).
 * `later`: try again. `status` is HTTP's, or a word.
 */
export interface PatchOutcome {
  readonly kind: "taken" | "refused" | "notFound" | "later";
  readonly status: string;
}

/** The node refuses the body itself (not exactly one of value and error, or no UUID): no repetition mends it. */
const UNPROCESSABLE = 422;
const NOT_FOUND = 404;

/**
 * Never throws, and never repeats the URL: its UUID is a secret.
 * A PATCH can come before the node has stored the suspended run and then gets 404 or 500.
 */
export async function patchRun(
  responseUrl: string,
  body: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<PatchOutcome> {
  try {
    const response = await fetch(responseUrl, {
      method: "PATCH",
      headers: { "content-type": "application/json" },
      body,
      redirect: "error",
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    await response.body?.cancel();
    const status = `HTTP ${response.status}`;
    if (response.ok) return { kind: "taken", status };
    if (response.status === NOT_FOUND) return { kind: "notFound", status };
    return { kind: response.status === UNPROCESSABLE ? "refused" : "later", status };
  } catch {
    return { kind: "later", status: "unreachable" };
  }
}
