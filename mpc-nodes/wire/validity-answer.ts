/** What a node shows of the check of a dataset's rows: canonical JSON, to be verified before anything is believed. */
import { canonicalJson } from "@sharebridge/algorithms/language/canonical-json.ts";
import { z } from "zod";
import { isPartyId } from "../math/party.ts";
import { WireError } from "./errors.ts";
import { MAX_VALIDITY_BYTES } from "./limits.ts";

const hex = (bytes: number) => z.string().regex(new RegExp(`^0x[0-9a-f]{${2 * bytes}}$`));

const shownValidity = z.strictObject({
  run: z.int().min(0).max(65_535),
  attempt: z.int().min(0).max(2),
  activeSet: z.int().min(0).max(15),
  /** `encodeValidityResult`: five words. */
  result: hex(160),
  signatures: z
    .array(z.strictObject({ seat: z.int().refine(isPartyId), signature: hex(65) }))
    .max(4)
    .readonly(),
});

export type ShownValidity = z.infer<typeof shownValidity>;

export function encodeValidityAnswer(validity: ShownValidity): Uint8Array<ArrayBuffer> {
  const { run, attempt, activeSet, result, signatures } = validity;
  return new TextEncoder().encode(canonicalJson({ run, attempt, activeSet, result, signatures }));
}

/** @throws WireError `MalformedAnswer`. */
export function decodeValidityAnswer(bytes: Uint8Array): ShownValidity {
  try {
    if (bytes.length > MAX_VALIDITY_BYTES) throw new RangeError("too long");
    return shownValidity.parse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch {
    throw new WireError("MalformedAnswer", "this is no answer about the check of a dataset's rows");
  }
}
