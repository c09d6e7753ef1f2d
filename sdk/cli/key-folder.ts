import { stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { AnswerKey, AnswerKeyStore } from "../buyer/answer-key.ts";
import { SdkError } from "../errors/sdk-error.ts";
import { readJson, writePrivateFile } from "./files.ts";
import type { Io } from "./io.ts";

const keyFile = z.strictObject({
  about: z.string(),
  publicKey: z.string().regex(/^0x[0-9a-f]{64}$/),
  privateKey: z.string().regex(/^0x[0-9a-f]{64}$/),
});

const ABOUT = "Opens one sealed answer of Sharebridge. Whoever loses it loses the answer; whoever has it can read it.";

/**
 * Answer keys as files `answer-<public key>.json`, mode 0600, one per request. The file is on disk before the request is
 * paid for; its name is the public key that stands in the request, so a key is found for any request id.
 */
export function keyFolder(io: Io, folder: string): AnswerKeyStore {
  const pathFor = (publicKey: string) => join(folder, `answer-${publicKey.slice(2).toLowerCase()}.json`);
  return {
    async save({ publicKey, privateKey }: AnswerKey): Promise<void> {
      const text = `${JSON.stringify({ about: ABOUT, publicKey, privateKey }, null, 2)}\n`;
      await writePrivateFile(pathFor(publicKey), text);
    },
    async load(publicKey: string): Promise<AnswerKey | null> {
      const path = pathFor(publicKey);
      if ((await stat(path).catch(() => null)) === null) return null;
      const parsed = keyFile.safeParse(await readJson(io, path, "answer key"));
      if (!parsed.success || parsed.data.publicKey !== publicKey.toLowerCase()) {
        throw new SdkError(
          "InvalidAnswerKey",
          `${path} is not the answer key that its name says. Restore it from a copy.`,
        );
      }
      return parsed.data;
    },
  };
}
