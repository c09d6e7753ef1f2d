import {
  AdapterError,
  AdapterInputError,
  AdapterTimeoutError,
} from "@chainlink/external-adapter-framework/validation/error.js";
import { AdapterFault } from "../errors.ts";

/** A fault as the framework puts it on the wire: `{status, statusCode, error: {name, message}}` with the same HTTP code. */
export function toFrameworkError(error: unknown): unknown {
  if (!(error instanceof AdapterFault)) return error;
  const { code: name, message, statusCode } = error;
  if (statusCode === 400) return new AdapterInputError({ name, message, statusCode });
  if (statusCode === 504) return new AdapterTimeoutError({ name, message, statusCode });
  return new AdapterError({ name, message, statusCode });
}
