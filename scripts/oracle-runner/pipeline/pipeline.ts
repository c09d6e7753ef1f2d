/** A job's graph, checked: known task types, known attributes, variables that exist when they are used. */
import { RunnerError } from "../errors.ts";
import { parseTaskGraph, RUN_VARIABLE, type TaskNode } from "../job/graph.ts";
import { taskTypes } from "../tasks/index.ts";
import { parseDurationMs } from "./duration.ts";
import type { TaskType } from "./task.ts";
import { rootsIn } from "./variables.ts";

/** Attributes that every task may have. A Chainlink node knows more (`index`, `failEarly`); they mean nothing to this job type. */
export const COMMON_ATTRIBUTES = ["retries", "minBackoff", "maxBackoff"];

export interface Step extends TaskNode {
  readonly task: TaskType;
}

function checkAttributes({ name, type, attributes }: TaskNode, task: TaskType): void {
  const known = [...task.required, ...task.optional, ...COMMON_ATTRIBUTES];
  const unknown = [...attributes.keys()].filter((key) => !known.includes(key));
  if (unknown.length > 0) {
    throw new RunnerError(
      "UnknownAttribute",
      `task ${name}: this runner does not know ${unknown.join(", ")} of ${type}`,
    );
  }
  const missing = task.required.filter((key) => !attributes.get(key));
  if (missing.length > 0)
    throw new RunnerError("MissingAttribute", `task ${name}: ${type} needs ${missing.join(", ")}`);
  for (const key of ["timeout", "minBackoff", "maxBackoff"]) {
    const text = attributes.get(key);
    if (text !== undefined) parseDurationMs(text);
  }
  if (!/^[0-9]{1,4}$/.test(attributes.get("retries") ?? "0")) {
    throw new RunnerError("BadGraph", `task ${name}: retries must be a number`);
  }
}

/** The tasks that a task can read from: those that lead to it. */
function ancestorsOf(node: TaskNode, nodes: readonly TaskNode[]): Set<string> {
  const ancestors = new Set<string>();
  const visit = (names: readonly string[]): void => {
    for (const name of names) {
      if (ancestors.has(name)) continue;
      ancestors.add(name);
      visit(nodes.find((other) => other.name === name)?.inputs ?? []);
    }
  };
  visit(node.inputs);
  return ancestors;
}

/** @throws RunnerError naming the task and what is wrong with it */
export function parsePipeline(observationSource: string): Step[] {
  const nodes = parseTaskGraph(observationSource);
  return nodes.map((node) => {
    const task = taskTypes.get(node.type);
    if (task === undefined) {
      throw new RunnerError(
        "UnknownTaskType",
        `task ${node.name}: this runner does not know tasks of type ${node.type}`,
      );
    }
    checkAttributes(node, task);
    const readable = ancestorsOf(node, nodes).add(RUN_VARIABLE);
    for (const [key, text] of node.attributes) {
      const unknown = rootsIn(text).find((root) => !readable.has(root));
      if (unknown !== undefined) {
        throw new RunnerError(
          "UnknownVariable",
          `task ${node.name}: ${key} reads ${unknown}, and no edge leads from it`,
        );
      }
    }
    return { ...node, task };
  });
}
