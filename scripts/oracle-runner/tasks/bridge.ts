import { RunnerError } from "../errors.ts";
import { BRIDGE_TIMEOUT_MS } from "../limits.ts";
import { parseDurationMs } from "../pipeline/duration.ts";
import { result, type TaskCall, type TaskType } from "../pipeline/task.ts";
import { resolveJson } from "../pipeline/variables.ts";
import { callBridge } from "./bridge-call.ts";

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function requestBody({ attributes, variables }: TaskCall): Record<string, unknown> {
  const text = attributes.get("requestData");
  const data = text === undefined ? {} : resolveJson(text, variables);
  if (!isMap(data)) throw new RunnerError("BadInput", "requestData must be a JSON object");
  const { meta } = variables.get("jobRun") as { meta?: unknown };
  return { ...data, ...(isMap(meta) ? { meta } : {}) };
}

function headersOf({ attributes, variables }: TaskCall): [string, string][] {
  const list = resolveJson(attributes.get("headers") ?? "[]", variables);
  if (!Array.isArray(list) || list.length % 2 !== 0 || !list.every((item) => typeof item === "string")) {
    throw new RunnerError("BadInput", "headers must be an array of names and values in turn");
  }
  return list.flatMap((name, index) => (index % 2 === 0 ? [[name, list[index + 1]] as [string, string]] : []));
}

/**
 * Calls an external adapter. With `async="true"` the body carries a `responseURL`, and an acknowledgement with `pending`
 * suspends the run until somebody resumes it there; a response without `pending` is the result, as without `async`.
 */
export const bridge: TaskType = {
  type: "bridge",
  required: ["name"],
  optional: ["requestData", "async", "headers", "timeout"],
  async run(call) {
    const bridgeName = call.attributes.get("name") as string;
    const url = call.services.bridges.get(bridgeName);
    if (url === undefined) throw new RunnerError("UnknownBridge", `no bridge is named ${bridgeName}`);
    const timeout = call.attributes.get("timeout");
    const isAsync = call.attributes.get("async") === "true";
    const suspension = isAsync ? call.services.suspensions.prepare() : null;
    try {
      const response = await callBridge({
        url,
        body: { ...requestBody(call), ...(suspension === null ? {} : { responseURL: suspension.responseUrl }) },
        headers: headersOf(call),
        timeoutMs: timeout === undefined ? BRIDGE_TIMEOUT_MS : parseDurationMs(timeout),
        signal: call.signal,
      });
      if (suspension === null || !response.pending) {
        suspension?.discard();
        return result(response.text);
      }
      return { kind: "suspended", resumed: suspension.suspend() };
    } catch (error) {
      suspension?.discard();
      throw error;
    }
  },
};
