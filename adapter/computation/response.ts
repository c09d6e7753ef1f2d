/** The response bodies that a Chainlink node gets. Their forms are fixed by its bridge task. */
import type { ProvenAnswer } from "../committee/proof.ts";
import { AdapterFault } from "../errors.ts";
import { CHAINLINK_BODY_LIMIT_BYTES } from "../limits.ts";

interface Timestamps {
  readonly providerDataRequestedUnixMs: number;
  readonly providerDataReceivedUnixMs: number;
  readonly providerIndicatedTimeUnixMs: undefined;
}

/** A finished answer, the same whether it is the response itself or the `value` of a PATCH. */
export interface AnswerResponse {
  readonly data: ProvenAnswer;
  readonly result: null;
  readonly statusCode: 200;
  readonly timestamps: Timestamps;
}

/** "I have it, I will resume the run": statusCode 200 in the body too, or the node ends the task with no result. */
export interface PendingResponse {
  readonly pending: true;
  readonly data: Record<string, never>;
  readonly result: null;
  readonly statusCode: 200;
  readonly timestamps: Timestamps;
}

const timestamps = (requestedUnixMs: number, receivedUnixMs: number): Timestamps => ({
  providerDataRequestedUnixMs: requestedUnixMs,
  providerDataReceivedUnixMs: receivedUnixMs,
  providerIndicatedTimeUnixMs: undefined,
});

export function pendingResponse(nowUnixMs: number): PendingResponse {
  return { pending: true, data: {}, result: null, statusCode: 200, timestamps: timestamps(nowUnixMs, nowUnixMs) };
}

/** The body that resumes a run with an answer. */
export const resumeWithValue = (response: AnswerResponse): string => JSON.stringify({ value: response });

/** The body that ends a run with an error. */
export const resumeWithError = (text: string): string => JSON.stringify({ error: text });

/** @throws AdapterFault `AnswerTooLarge` when a Chainlink node would not read the answer, in either of its two forms */
export function answerResponse(data: ProvenAnswer, requestedUnixMs: number, receivedUnixMs: number): AnswerResponse {
  const response = {
    data,
    result: null,
    statusCode: 200,
    timestamps: timestamps(requestedUnixMs, receivedUnixMs),
  } as const;
  const bytes = Buffer.byteLength(resumeWithValue(response));
  if (bytes >= CHAINLINK_BODY_LIMIT_BYTES) {
    throw new AdapterFault(
      "AnswerTooLarge",
      `the answer to ${data.requestId} takes ${bytes} bytes, a Chainlink node reads less than ${CHAINLINK_BODY_LIMIT_BYTES}; ` +
        "anyone may deliver it to the market directly",
    );
  }
  return response;
}
