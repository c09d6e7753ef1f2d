import { EventFragment, Interface } from "ethers";
import { messageOf, RunnerError } from "../errors.ts";
import { parseSignature } from "../pipeline/abi.ts";
import { result, type TaskType } from "../pipeline/task.ts";
import { resolveText } from "../pipeline/variables.ts";

/** Decodes an event's data and topics; the result is a map by the arguments' names. */
export const ethabidecodelog: TaskType = {
  type: "ethabidecodelog",
  required: ["abi", "data", "topics"],
  optional: [],
  async run({ attributes, variables }) {
    const abi = attributes.get("abi") as string;
    const data = resolveText(attributes.get("data") as string, variables);
    const topics = resolveText(attributes.get("topics") as string, variables);
    if (typeof data !== "string" || !Array.isArray(topics))
      throw new RunnerError("BadInput", "data and topics must be a log's");
    parseSignature(abi.replaceAll(/\bindexed\b/g, ""));
    try {
      const fragment = EventFragment.from(`event ${abi}`);
      const decoded = new Interface([fragment]).decodeEventLog(fragment, data, topics as string[]);
      return result(Object.fromEntries(fragment.inputs.map((input, index) => [input.name, decoded[index]])));
    } catch (error) {
      throw new RunnerError("BadInput", `the log is not a ${abi.split("(")[0]}: ${messageOf(error)}`);
    }
  },
};
