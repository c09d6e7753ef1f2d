import { RunnerError } from "../errors.ts";
import { encodeAbi } from "../pipeline/abi.ts";
import { result, type TaskType } from "../pipeline/task.ts";
import { resolveJson } from "../pipeline/variables.ts";

/** Encodes `data`, a map by the arguments' names, by the signature `abi`. */
export const ethabiencode: TaskType = {
  type: "ethabiencode",
  required: ["abi", "data"],
  optional: [],
  async run({ attributes, variables }) {
    const data = resolveJson(attributes.get("data") as string, variables);
    if (typeof data !== "object" || data === null || Array.isArray(data)) {
      throw new RunnerError("BadInput", "data must be a map by the arguments' names");
    }
    return result(encodeAbi(attributes.get("abi") as string, data as Record<string, unknown>));
  },
};
