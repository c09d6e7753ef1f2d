/**
 * Opening of a sealed output (PROTOCOL 12): each node gives the buyer the output shares that it holds with their salts, and
 * the buyer takes, for each of the four shares, any copy that matches its commitment. Every share is held by three nodes,
 * so one node that lies, or is silent, changes nothing.
 */
import { ByteReader, ByteWriter, equalBytes, requireLength } from "../math/bytes.ts";
import { PARTIES, type PartyId } from "../math/party.ts";
import { viewBytes, viewWords, WORD_BYTES } from "../math/words.ts";
import { COMMITMENT_BYTES, commitShare, SALT_BYTES } from "./commitment.ts";
import { SharingError } from "./errors.ts";
import { heldShares, holderOf, recombine, type SharedVector, shareOf } from "./shared-vector.ts";

/** One share of the outputs with the salt of its commitment. */
export interface OpenedShare {
  readonly salt: Uint8Array;
  readonly words: BigUint64Array;
}

/** What one seat opened: the decrypted bytes, not yet believed. */
export interface SeatOpening {
  readonly party: PartyId;
  readonly plaintext: Uint8Array;
}

export interface OpenedOutputs {
  readonly values: BigUint64Array;
  /** Seats whose opening was malformed or held a share that does not match its commitment; ascending. */
  readonly faultySeats: readonly PartyId[];
}

/** Bytes of an opening of `length` outputs. */
export function openingByteLength(length: number): number {
  return 3 * (SALT_BYTES + length * WORD_BYTES);
}

/** The bytes that a node seals to the buyer: for each held share ascending, salt(32) ‖ words. */
export function encodeOpening(salts: readonly (Uint8Array | null)[], outputs: SharedVector): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  for (const j of heldShares(holderOf(outputs))) {
    const salt = salts[j] ?? new Uint8Array();
    requireLength(`the salt of share ${j}`, salt, SALT_BYTES);
    writer.bytes(salt).bytes(viewBytes(shareOf(outputs, j)));
  }
  return writer.finish();
}

/**
 * The shares in one seat's opening of `length` outputs; null at the seat's own index. Not yet checked against commitments.
 * @throws BytesError when the bytes are too few or too many
 */
export function decodeOpening(party: PartyId, plaintext: Uint8Array, length: number): (OpenedShare | null)[] {
  requireLength(`the opening of seat ${party} for ${length} outputs`, plaintext, openingByteLength(length));
  const reader = new ByteReader(plaintext);
  return PARTIES.map((j) =>
    j === party ? null : { salt: reader.bytes(SALT_BYTES), words: viewWords(reader.bytes(length * WORD_BYTES)) },
  );
}

/** C_0..C_3 of output shares as far as their holder can compute them; null at its own index. */
export function commitOutputs(
  salts: readonly (Uint8Array | null)[],
  outputs: SharedVector,
  requestId: Uint8Array,
): (Uint8Array | null)[] {
  return outputs.shares.map((words, j) => words && commitShare(j as PartyId, salts[j]!, [words], requestId));
}

/**
 * Recombines the outputs from any set of openings, in any order, malformed ones among them.
 * @param commitments C_0..C_3 of the delivered result
 * @param requestId 32 bytes, the context of the commitments
 * @param length number of outputs, as the program declares
 * @throws SharingError NoMatchingOpening, naming the share, when no opening holds a copy that matches
 */
export function recombineOpenings(
  openings: readonly SeatOpening[],
  commitments: readonly Uint8Array[],
  requestId: Uint8Array,
  length: number,
): OpenedOutputs {
  const shares: (BigUint64Array | null)[] = [null, null, null, null];
  const faulty = new Set<PartyId>();
  for (const { party, plaintext } of openings) {
    if (plaintext.length !== openingByteLength(length)) {
      faulty.add(party);
      continue;
    }
    for (const [j, opened] of decodeOpening(party, plaintext, length).entries()) {
      if (opened === null) continue;
      const commitment = commitments[j] ?? new Uint8Array();
      requireLength(`commitment ${j}`, commitment, COMMITMENT_BYTES);
      if (equalBytes(commitShare(j as PartyId, opened.salt, [opened.words], requestId), commitment))
        shares[j] = opened.words;
      else faulty.add(party);
    }
  }
  const missing = PARTIES.filter((j) => shares[j] === null);
  if (missing.length > 0) {
    throw new SharingError(
      "NoMatchingOpening",
      `none of ${openings.length} openings holds a copy of share ${missing.join(", ")} that matches its commitment; ask the other seats for theirs`,
    );
  }
  return { values: recombine(shares as BigUint64Array[]), faultySeats: PARTIES.filter((party) => faulty.has(party)) };
}
