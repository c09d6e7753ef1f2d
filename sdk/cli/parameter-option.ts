import { InvalidArgumentError } from "commander";

/** For `--param name=value`, which may be repeated. */
export function parameterOption(text: string, previous: Record<string, string>): Record<string, string> {
  const [, name, value] = /^([a-z][a-z0-9_]*)=(.+)$/s.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError("It must be name=value, e.g. threshold=0.5.");
  if (Object.hasOwn(previous, name)) throw new InvalidArgumentError(`${name} is given twice.`);
  return { ...previous, [name]: value };
}
