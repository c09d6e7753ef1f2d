/** A table that nodes hold as packages: what two of them together know. */
import { createCipheriv } from "node:crypto";
import { PARTIES, type PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { viewWords, WORD_BYTES } from "@sharebridge/mpc-nodes/math/words.ts";
import { commitShare } from "@sharebridge/mpc-nodes/sharing/commitment.ts";
import { EXPLICIT_SHARE, type PartyPackage, type TableShape } from "@sharebridge/mpc-nodes/sharing/package.ts";
import { recombine } from "@sharebridge/mpc-nodes/sharing/shared-vector.ts";
import { expect } from "chai";

/** Words of each column. Fails unless every share in every package matches its commitment. */
export function recombineTable(
  packages: readonly PartyPackage[],
  context: Uint8Array,
  commitments: readonly Uint8Array[],
  shape: TableShape,
): bigint[][] {
  const shares: BigUint64Array[][] = [];
  for (const each of packages) {
    for (const j of PARTIES) {
      if (j === each.party) continue;
      shares[j] = shareIn(each, j, shape);
      const commitment = commitShare(j, each.salts[j]!, shares[j], context);
      expect(Buffer.compare(commitment, commitments[j]!), `share ${j} at seat ${each.party}`).to.equal(0);
    }
    expect([each.salts[each.party], each.seeds[each.party] ?? null]).to.deep.equal([null, null]);
  }
  return Array.from({ length: shape.columns }, (_, column) => [...recombine(PARTIES.map((j) => shares[j]![column]!))]);
}

function shareIn({ seeds, explicit }: PartyPackage, j: PartyId, { columns, rows }: TableShape): BigUint64Array[] {
  if (j === EXPLICIT_SHARE) return [...explicit!];
  return Array.from({ length: columns }, (_, column) => {
    const counter = Buffer.alloc(16);
    counter.writeUInt32BE(column, 4);
    const cipher = createCipheriv("aes-128-ctr", seeds[j]!, counter);
    return viewWords(new Uint8Array(cipher.update(Buffer.alloc(rows * WORD_BYTES))));
  });
}
