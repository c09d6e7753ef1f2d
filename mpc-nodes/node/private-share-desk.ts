/**
 * Gives peers the shares of private inputs that they are entitled to and lack (PROTOCOL 10): never share e to seat e. A peer has to know the commitment,
 * which stands on the chain once a request names it.
 */
import type { PartyId } from "../math/party.ts";
import { isPartyId } from "../math/party.ts";
import { decodePackage } from "../sharing/package.ts";
import { SHARE_QUESTION_COST_BYTES } from "../wire/limits.ts";
import { decodePrivateShareQuestion, encodePrivateShareAnswer } from "../wire/private-share-question.ts";
import { PeerBudgets } from "./byte-budget.ts";
import type { NodeContext } from "./context.ts";
import { NodeError } from "./errors.ts";
import { Sparse } from "./sparse.ts";

type DeskContext = Pick<NodeContext, "store" | "seat" | "epoch" | "log">;

export class PrivateShareDesk {
  readonly #context: DeskContext;
  readonly #refusals = new Sparse<PartyId>();
  readonly #budgets = new PeerBudgets();

  constructor(context: DeskContext) {
    this.#context = context;
  }

  /** Throws a `NodeError` or `WireError` that stays here: the peer learns only that it is refused. */
  async answer(bytes: Uint8Array, from: PartyId): Promise<Uint8Array> {
    try {
      const { commitment, share } = decodePrivateShareQuestion(bytes);
      const { seat, store, epoch } = this.#context;
      // Check: entitled, before anything is looked up.
      if (!isPartyId(from) || from === seat) throw new NodeError("NotEntitled", `seat ${from} is no peer`);
      if (share === from || share === seat) {
        throw new NodeError("NotEntitled", `seat ${from} asks seat ${seat} for share ${share}`);
      }
      this.#budgets.charge(from, SHARE_QUESTION_COST_BYTES);
      const stored = await store.privateInputs(commitment);
      if (stored === null || stored.seat !== seat || stored.epoch !== epoch) {
        throw new NodeError("PrivateInputsMissing", `the private inputs ${commitment} are not stored here`);
      }
      const { salts, seeds, explicit } = decodePackage(stored.package, seat, { columns: 1, rows: stored.count });
      const seed = seeds[share] ?? null;
      return encodePrivateShareAnswer({
        ...{ salt: stored.salt, shareCommitments: stored.shareCommitments },
        share: { salt: salts[share]!, seed, explicit: seed === null ? explicit : null },
      });
    } catch (error) {
      const count = this.#refusals.due(from);
      if (count > 0)
        this.#context.log.warn({ from, count, error }, "a peer's question about private inputs is refused");
      throw error;
    }
  }
}
