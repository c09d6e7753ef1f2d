import { fileURLToPath } from "node:url";
import type { CallSite } from "@sharebridge/algorithms/language/call-site.ts";
import { SdkError } from "../../errors/sdk-error.ts";

/** A refusal of the language as the command's error: the language's code and sentence, and the author's line. */
export function refusedProgram(refusal: { code: string; message: string; site?: CallSite | undefined }): SdkError {
  const { code, message, site } = refusal;
  return new SdkError("ProgramRefused", `${code}: ${message}${placeText(site)}`, {
    cause: refusal,
    programCode: code,
    ...(site === undefined ? {} : { site: { ...site, file: fileOf(site) } }),
  });
}

/** " (file:line)", or nothing. */
export function placeText(site: CallSite | undefined): string {
  return site === undefined ? "" : ` (${fileOf(site)}:${site.line})`;
}

function fileOf({ file }: CallSite): string {
  try {
    return file.startsWith("file:") ? fileURLToPath(file) : file;
  } catch {
    return file;
  }
}
