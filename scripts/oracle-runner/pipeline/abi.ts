/** ABI signatures in `abi` attributes, and the conversions that a Chainlink node makes of values. */
import { AbiCoder, FunctionFragment, getAddress, hexlify, type ParamType, toUtf8Bytes } from "ethers";
import { messageOf, RunnerError } from "../errors.ts";

/** Name (optional), then arguments in parentheses; no tuples, as in a Chainlink node. */
const SIGNATURE = /^\s*([a-zA-Z0-9_]*)\s*\(([a-zA-Z0-9[\]_\s,]*)\)\s*$/;

export interface Signature {
  readonly name: string;
  readonly arguments: string;
}

export function parseSignature(abi: string): Signature {
  const [, name, args] = SIGNATURE.exec(abi) ?? [];
  if (name === undefined || args === undefined) {
    throw new RunnerError("BadInput", `bad ABI specification (tuples are not known): ${abi}`);
  }
  return { name, arguments: args };
}

const bad = (type: string, value: unknown): never => {
  throw new RunnerError("BadInput", `cannot convert a ${value === null ? "null" : typeof value} to ${type}`);
};

/** Hex texts become the bytes they write; any other text, its UTF-8 bytes. */
function toBytes(type: string, value: unknown): string {
  if (typeof value !== "string") return bad(type, value);
  if (!value.startsWith("0x")) return hexlify(toUtf8Bytes(value));
  if (!/^0x([0-9a-fA-F]{2})*$/.test(value))
    throw new RunnerError("BadInput", `a text for ${type} starts with 0x and is not hex`);
  return value;
}

function toInteger(type: string, value: unknown): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === "string" && /^(-?[0-9]+|0x[0-9a-fA-F]+)$/.test(value)) return BigInt(value);
  return bad(type, value);
}

function convert(type: ParamType, value: unknown): unknown {
  if (type.arrayChildren !== null) {
    const child = type.arrayChildren;
    return Array.isArray(value) ? value.map((item) => convert(child, item)) : bad(type.type, value);
  }
  if (type.type.startsWith("bytes")) return toBytes(type.type, value);
  if (/^u?int/.test(type.type)) return toInteger(type.type, value);
  if (type.type === "address") return typeof value === "string" ? getAddress(value) : bad("address", value);
  if (type.type === "bool") return typeof value === "boolean" ? value : bad("bool", value);
  if (type.type === "string") return typeof value === "string" ? value : bad("string", value);
  return bad(type.type, value);
}

/**
 * Encodes `values` by the arguments' names; a function's name puts its selector first.
 *
 * @throws RunnerError `BadInput`
 */
export function encodeAbi(abi: string, values: Record<string, unknown>): string {
  const signature = parseSignature(abi);
  try {
    const fragment = FunctionFragment.from(`function ${signature.name || "encode"}(${signature.arguments})`);
    const converted = fragment.inputs.map((input) => {
      if (!Object.hasOwn(values, input.name))
        throw new RunnerError("BadInput", `no value for ${input.name || "an argument without name"}`);
      return convert(input, values[input.name]);
    });
    const encoded = AbiCoder.defaultAbiCoder().encode(fragment.inputs, converted);
    return signature.name === "" ? encoded : fragment.selector + encoded.slice(2);
  } catch (error) {
    if (error instanceof RunnerError) throw error;
    throw new RunnerError("BadInput", `the values do not fit ${abi}: ${messageOf(error)}`);
  }
}
