/**
 * Fetches from the peers the shares of private inputs that this node lacks (PROTOCOL 10): three acknowledgements are enough for a buyer to request. What a
 * peer gives is believed only when it matches the commitment on chain, under the id that binds the request's own market and buyer; nobody is
 * accused.
 */
import { datasetCommitment, privateInputsIdOf } from "@sharebridge/contracts/typed-data.ts";
import { getBytes } from "ethers";
import { type PartyId, partiesExcept } from "../math/party.ts";
import { COMMITMENT_SCHEME } from "../sharing/commitment.ts";
import { EXPLICIT_SHARE, encodePackage } from "../sharing/package.ts";
import { heldShares } from "../sharing/shared-vector.ts";
import { shareMatches } from "../sharing/table.ts";
import {
  decodePrivateShareAnswer,
  encodePrivateShareQuestion,
  type PrivateShareAnswer,
  privateShareAnswerBytes,
} from "../wire/private-share-question.ts";
import type { NodeContext } from "./context.ts";
import { type NamedInputs, notHeld } from "./named-inputs.ts";

type FetcherContext = Pick<NodeContext, "store" | "chain" | "seat" | "epoch" | "log" | "engine">;

/** Resolves when they are stored. Throws `PrivateInputsMissing`, also for what peers hold for another buyer or market. */
export async function fetchPrivateInputs(context: FetcherContext, named: NamedInputs): Promise<void> {
  const { store, seat, epoch, log } = context;
  const { commitment, market, buyer, count } = named;
  const answers: PrivateShareAnswer[] = [];
  for (const j of heldShares(seat)) answers[j] = await shareFromPeers(context, named, j);
  const [{ salt, shareCommitments }] = heldShares(seat).map((j) => answers[j]!);
  const encoded = encodePackage({
    party: seat,
    salts: [0, 1, 2, 3].map((j) => answers[j]?.share.salt ?? null),
    seeds: [0, 1, 2].map((j) => answers[j]?.share.seed ?? null),
    explicit: answers[EXPLICIT_SHARE]?.share.explicit ?? null,
  });
  await store.putPrivateInputs({
    ...{
      commitment,
      seat,
      epoch,
      market,
      buyer,
      salt: salt!,
      count,
      shareCommitments: shareCommitments!,
      uploader: "",
    },
    ...{ keptUntilUnixS: named.deadlineUnixS, package: encoded },
  });
  log.info({ commitment, count }, "private inputs fetched from the peers");
}

/** From one of its two other holders. */
async function shareFromPeers(context: FetcherContext, named: NamedInputs, j: PartyId): Promise<PrivateShareAnswer> {
  const { engine, seat, log } = context;
  const question = encodePrivateShareQuestion({ commitment: named.commitment, share: j });
  for (const peer of partiesExcept(seat, j)) {
    try {
      const bytes = await engine.ask(peer, question, privateShareAnswerBytes(j, named.count));
      const answer = decodePrivateShareAnswer(bytes, j, named.count);
      if (await isCommitted(context, named, j, answer)) return answer;
      log.info({ commitment: named.commitment, peer, share: j }, "a peer's share of private inputs does not match");
    } catch (error) {
      log.info(
        { commitment: named.commitment, peer, share: j, error },
        "a peer does not give its share of private inputs",
      );
    }
  }
  throw notHeld(named);
}

/** The share is the one that was committed to, for this very market and buyer. */
async function isCommitted(
  { chain }: FetcherContext,
  { commitment, market, buyer, count }: NamedInputs,
  j: PartyId,
  { salt, shareCommitments, share }: PrivateShareAnswer,
): Promise<boolean> {
  if (datasetCommitment(COMMITMENT_SCHEME, shareCommitments) !== commitment) return false;
  const context = getBytes(privateInputsIdOf(chain.chainId, market, buyer, salt));
  return shareMatches(j, share, { columns: 1, rows: count }, context, getBytes(shareCommitments[j]!));
}
