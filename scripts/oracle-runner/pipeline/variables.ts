/** `$(task.path.0)` expressions, as in a Chainlink node. */
import { messageOf, RunnerError } from "../errors.ts";

/** Results of tasks by name, and the run's own variables. Bytes are 0x-hex texts, integers bigints. */
export type Variables = ReadonlyMap<string, unknown>;

const EXPRESSION = /\$\(\s*([a-zA-Z0-9_.]+)\s*\)/g;
const KEY_PATH_MARK = "__chainlink_key_path__";

/** First names of all expressions in an attribute: tasks, or the run. */
export const rootsIn = (text: string): string[] =>
  [...text.matchAll(EXPRESSION)].map((match) => (match[1] ?? "").split(".")[0] ?? "");

function lookUp(keyPath: string, variables: Variables): unknown {
  const [root = "", ...path] = keyPath.split(".");
  if (!variables.has(root)) throw new RunnerError("UnknownVariable", `$(${keyPath}): there is no ${root}`);
  let value = variables.get(root);
  for (const part of path) {
    const isContainer = typeof value === "object" && value !== null;
    if (!isContainer || !Object.hasOwn(value as object, part)) {
      throw new RunnerError("UnknownVariable", `$(${keyPath}): there is no ${part}`);
    }
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

/** The value of an attribute that is one expression; the text itself when it is none. */
export function resolveText(text: string, variables: Variables): unknown {
  const [match] = text.matchAll(EXPRESSION);
  if (match === undefined) return text;
  if (match[0] !== text.trim()) throw new RunnerError("BadInput", "an expression must stand alone in this attribute");
  return lookUp(match[1] ?? "", variables);
}

/** An attribute that is one expression, or JSON with expressions as values. */
export function resolveJson(text: string, variables: Variables): unknown {
  const [match] = text.matchAll(EXPRESSION);
  if (match !== undefined && match[0] === text.trim()) return lookUp(match[1] ?? "", variables);
  const marked = text.replaceAll(EXPRESSION, (_, keyPath: string) => JSON.stringify({ [KEY_PATH_MARK]: keyPath }));
  try {
    return JSON.parse(marked, (_, value: unknown) => {
      const isMark = typeof value === "object" && value !== null && Object.hasOwn(value, KEY_PATH_MARK);
      return isMark ? lookUp(String((value as Record<string, unknown>)[KEY_PATH_MARK]), variables) : value;
    });
  } catch (error) {
    if (error instanceof RunnerError) throw error;
    throw new RunnerError("BadInput", `the attribute is not JSON: ${messageOf(error)}`);
  }
}
