import { AdapterFault } from "../errors.ts";

/**
 * A request id as the chain writes it, in lower case.
 *
 * @throws AdapterFault `MalformedRequestId`
 */
export function parseRequestId(value: unknown): string {
  if (typeof value === "string" && /^0x[0-9a-fA-F]{64}$/.test(value)) return value.toLowerCase();
  const got =
    value === undefined || value === null
      ? "nothing"
      : typeof value === "string"
        ? `a text of ${value.length} characters`
        : `a value of type ${typeof value}`;
  throw new AdapterFault("MalformedRequestId", `data.requestId must be 0x and 64 hexadecimal digits, got ${got}`);
}
