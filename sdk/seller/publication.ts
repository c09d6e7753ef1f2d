import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { schemaHash } from "@sharebridge/algorithms/language/schema.ts";
import { ByteWriter } from "@sharebridge/mpc-nodes/math/bytes.ts";
import type { RandomSource } from "@sharebridge/mpc-nodes/math/random.ts";
import { encodeWords } from "@sharebridge/mpc-nodes/math/words.ts";
import { getAddress, getBytes, hexlify } from "ethers";
import { z } from "zod";
import { SdkError } from "../errors/sdk-error.ts";
import type { EncodedTable } from "../table/encode-table.ts";

const bytes32 = z.string().regex(/^0x[0-9a-f]{64}$/);

const publicationSchema = z.strictObject({
  version: z.literal(1),
  chainId: z.int().positive(),
  registry: z.string(),
  seller: z.string(),
  /** Chosen once; together with registry and seller it is the dataset's id. */
  salt: bytes32,
  /** Everything random in the shares is derived from it: whoever knows it and one node's shares knows the table. */
  secret: bytes32,
  schemaHash: bytes32,
  tableDigest: bytes32,
});

/**
 * What a publication must not lose between its steps. With it and the same table, the same shares are made again, so a
 * publication that was interrupted anywhere goes on. Keep it as secret as the table: mode 0600, and away from the nodes.
 */
export type Publication = z.infer<typeof publicationSchema>;

/** Where a publication is kept. `save` must be durable when it resolves: the dataset is registered after it. */
export interface PublicationStore {
  load(): Promise<Publication | null>;
  save(publication: Publication): Promise<void>;
}

/** Publications in memory: for tests and for callers that publish in one go. */
export function memoryPublicationStore(): PublicationStore {
  let kept: Publication | null = null;
  return {
    load: async () => kept,
    save: async (publication) => {
      kept = publication;
    },
  };
}

export interface PublicationSubject {
  readonly chainId: bigint;
  readonly registry: string;
  readonly seller: string;
  readonly table: EncodedTable;
}

/** Starts a publication of a table. */
export function createPublication(subject: PublicationSubject): Publication {
  return {
    version: 1,
    chainId: Number(subject.chainId),
    registry: getAddress(subject.registry),
    seller: getAddress(subject.seller),
    salt: hexlify(crypto.getRandomValues(new Uint8Array(32))),
    secret: hexlify(crypto.getRandomValues(new Uint8Array(32))),
    schemaHash: schemaHash(subject.table.schema),
    tableDigest: tableDigest(subject.table),
  };
}

/** Reads a publication from a file. Throws SdkError InvalidPublication. */
export function parsePublication(value: unknown): Publication {
  const parsed = publicationSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new SdkError(
    "InvalidPublication",
    "The publication's state file is damaged or of another version. Restore it, or publish anew with --new.",
  );
}

/**
 * Checks that a kept publication is of this table, seller and chain. Shares of two different tables from one secret
 * would give their difference away, so a changed table is a new dataset.
 *
 * @throws SdkError PublicationChanged
 */
export function checkPublication(publication: Publication, subject: PublicationSubject): void {
  const fresh = { ...createPublication(subject), salt: publication.salt, secret: publication.secret };
  const names: Record<string, string> = {
    chainId: "the chain",
    registry: "the dataset registry",
    seller: "the seller's account",
    schemaHash: "the schema",
    tableDigest: "the table",
  };
  const changed = Object.keys(names).filter(
    (name) => publication[name as keyof Publication] !== fresh[name as keyof Publication],
  );
  if (changed.length > 0) {
    throw new SdkError(
      "PublicationChanged",
      `Since the publication began, ${changed.map((name) => names[name]).join(" and ")} changed. Restore it to resume, or publish anew with --new.`,
    );
  }
}

/** The shares' randomness: HMAC-SHA-256 in counter mode, keyed by the secret and bound to the dataset and its words. */
export function sharingRandomness(publication: Publication, datasetId: Uint8Array): RandomSource {
  const key = hmac(
    sha256,
    getBytes(publication.secret),
    new ByteWriter()
      .bytes(utf8ToBytes("sharebridge/1/share-randomness"))
      .bytes(datasetId)
      .bytes(getBytes(publication.tableDigest))
      .finish(),
  );
  let counter = 0;
  return (length) => {
    const random = new Uint8Array(length);
    for (let offset = 0; offset < length; offset += 32) {
      counter += 1;
      random.set(hmac(sha256, key, new ByteWriter().u32(counter).finish()).subarray(0, length - offset), offset);
    }
    return random;
  };
}

/** SHA-256 over shape, schema and words. */
export function tableDigest(table: EncodedTable): string {
  const hash = sha256.create();
  hash.update(new ByteWriter().u32(table.columns.length).u32(table.rows).finish());
  hash.update(getBytes(schemaHash(table.schema)));
  for (const column of table.columns) hash.update(encodeWords(column));
  return hexlify(hash.digest());
}
