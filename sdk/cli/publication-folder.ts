import { rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { id } from "ethers";
import { type Publication, type PublicationStore, parsePublication, tableDigest } from "../seller/publication.ts";
import type { EncodedTable } from "../table/encode-table.ts";
import { readJson, writePrivateFile } from "./files.ts";
import type { Io } from "./io.ts";

export interface PublicationFile extends PublicationStore {
  readonly path: string;
  /** True when an earlier call has begun this publication. */
  exists(): Promise<boolean>;
  /** Puts the file of an earlier publication aside, so that the next one makes a new dataset. */
  setAside(): Promise<void>;
}

/**
 * The state file of a publication, mode 0600: found again by chain, registry, seller and the very table, so that the same
 * command resumes and a changed table is another publication.
 */
export function publicationFile(
  io: Io,
  folder: string,
  subject: { chainId: bigint; registry: string; seller: string; table: EncodedTable },
): PublicationFile {
  const { chainId, registry, seller, table } = subject;
  const name = id([chainId, registry, seller, tableDigest(table)].join(" ").toLowerCase()).slice(2, 34);
  const path = join(folder, `publication-${name}.json`);
  const exists = async () => (await stat(path).catch(() => null)) !== null;
  return {
    path,
    exists,
    load: async () =>
      (await exists()) ? parsePublication(await readJson(io, path, "publication's state file")) : null,
    save: (publication: Publication) => writePrivateFile(path, `${JSON.stringify(publication, null, 2)}\n`),
    async setAside() {
      for (let number = 1; await exists(); number += 1) {
        const aside = join(folder, `publication-${name}.${number}.json`);
        if ((await stat(aside).catch(() => null)) === null) await rename(path, aside);
      }
    },
  };
}
