import { RunnerError } from "../errors.ts";
import { result, type TaskType } from "../pipeline/task.ts";
import { resolveText } from "../pipeline/variables.ts";

function step(value: unknown, part: string): { found: boolean; value?: unknown } {
  if (Array.isArray(value)) {
    if (!/^-?[0-9]+$/.test(part)) throw new RunnerError("BadInput", `${part} is not an array index`);
    const index = Number(part) < 0 ? value.length + Number(part) : Number(part);
    return index in value ? { found: true, value: value[index] } : { found: false };
  }
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return { found: false };
  return { found: true, value: (value as Record<string, unknown>)[part] };
}

/** Takes a value out of a JSON text. `path` is separated by commas, or by `separator`; `lax` gives null for a missing one. */
export const jsonparse: TaskType = {
  type: "jsonparse",
  required: ["path"],
  optional: ["data", "separator", "lax"],
  async run({ attributes, variables, inputs }) {
    const [input, ...others] = inputs;
    if (others.length > 0) throw new RunnerError("BadInput", "jsonparse takes one input");
    const dataAttribute = attributes.get("data");
    const data = dataAttribute === undefined ? input : resolveText(dataAttribute, variables);
    if (typeof data !== "string") throw new RunnerError("BadInput", "data must be a JSON text");
    let value: unknown;
    try {
      value = JSON.parse(data);
    } catch {
      throw new RunnerError("BadInput", "data is not JSON");
    }
    const path = (attributes.get("path") as string)
      .split(attributes.get("separator") ?? ",")
      .map((part) => part.trim());
    for (const part of path) {
      const next = step(value, part);
      if (!next.found) {
        if (attributes.get("lax") === "true") return result(null);
        throw new RunnerError("BadInput", `could not resolve the path ${JSON.stringify(path)}`);
      }
      value = next.value;
    }
    return result(value);
  },
};
