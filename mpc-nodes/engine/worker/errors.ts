/**
 * Errors across the boundary between threads: the structured clone drops class and fields, and both decide what happens next
 * (`suspects` who is left out, `code` whether a retry makes sense). So ours are taken apart and built again.
 */
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { SharingError } from "../../sharing/errors.ts";
import { TransportError } from "../../transport/errors.ts";
import { WireError } from "../../wire/errors.ts";
import { EngineError } from "../errors.ts";

export interface EncodedError {
  /** The class's name; an error of another class comes out as a plain `Error` of this name. */
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** What it has besides: numbers, strings, lists of them. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** How each class of ours is built again from its fields. */
const builders: Record<string, (fields: Record<string, never>, message: string) => Error> = {
  EngineError: ({ code }, message) => new EngineError(code, message),
  ProgramError: ({ code, instruction }, message) => new ProgramError(code, message, instruction),
  ProtocolError: ({ code, suspects }, message) => new ProtocolError(code, message, suspects),
  SharingError: ({ code }, message) => new SharingError(code, message),
  TransportError: ({ code, peer }, message) => new TransportError(code, message, peer),
  WireError: ({ code }, message) => new WireError(code, message),
};

const isPlain = (value: unknown): boolean =>
  value === null ||
  ["string", "number", "boolean"].includes(typeof value) ||
  (Array.isArray(value) && value.every(isPlain));

export function encodeError(error: unknown): EncodedError {
  if (!(error instanceof Error)) {
    return {
      name: "Error",
      message: `something was thrown that is no error: ${typeof error}`,
      stack: undefined,
      fields: {},
    };
  }
  const { name, message, stack } = error;
  const fields = Object.fromEntries(
    Object.entries(error).filter(([field, value]) => field !== "name" && field !== "message" && isPlain(value)),
  );
  return { name, message, stack, fields };
}

export function decodeError({ name, message, stack, fields }: EncodedError): Error {
  const build = builders[name];
  const error =
    build === undefined
      ? Object.assign(new Error(message), { name }, fields)
      : build(fields as Record<string, never>, message);
  // Where it was thrown, not where it came out.
  if (stack !== undefined) error.stack = stack;
  return error;
}
