import { decode } from "cborg";
import { getBytes, hexlify, isHexString } from "ethers";
import { messageOf, RunnerError } from "../errors.ts";
import { result, type TaskType } from "../pipeline/task.ts";
import { resolveText } from "../pipeline/variables.ts";

const MAJOR_TYPE_MAP = 5;
const START_OF_MAP = 0xbf;
const END_OF_MAP = 0xff;

/** "Diet" CBOR, as Chainlink.sol writes it: the pairs of a map without its delimiters. */
function addMapDelimiters(bytes: Uint8Array): Uint8Array {
  if (bytes.length > 0 && (bytes[0] as number) >> 5 === MAJOR_TYPE_MAP) return bytes;
  return Uint8Array.of(START_OF_MAP, ...bytes, END_OF_MAP);
}

/** Byte strings become 0x-hex texts. */
function toPlain(value: unknown): unknown {
  if (value instanceof Uint8Array) return hexlify(value);
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toPlain(item)]));
  }
  return value;
}

/** Decodes the request's payload. `mode` is `diet` (default: a map is assumed) or `standard`. */
export const cborparse: TaskType = {
  type: "cborparse",
  required: ["data"],
  optional: ["mode"],
  async run({ attributes, variables }) {
    const data = resolveText(attributes.get("data") as string, variables);
    const mode = attributes.get("mode") ?? "diet";
    if (mode !== "diet" && mode !== "standard") throw new RunnerError("BadInput", `cborparse knows no mode ${mode}`);
    if (!isHexString(data)) throw new RunnerError("BadInput", "data must be bytes");
    const bytes = getBytes(data);
    try {
      return result(
        toPlain(decode(mode === "diet" ? addMapDelimiters(bytes) : bytes, { rejectDuplicateMapKeys: true })),
      );
    } catch (error) {
      throw new RunnerError("BadInput", `the payload is not CBOR: ${messageOf(error)}`);
    }
  },
};
