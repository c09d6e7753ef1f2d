/**
 * Frames an honest pair by unequal keys: what a party puts into a key differs from holder to holder, or from what it committed to; in
 * each seat, towards each peer, for each key, among four and among three.
 */

import { bindingOf } from "@sharebridge/mpc-nodes/engine/binding.ts";
import { concatenateBytes } from "@sharebridge/mpc-nodes/math/bytes.ts";
import { PARTIES, type PartyId, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import { COMMITMENT_BYTES, coinCommitment, signCommitment } from "@sharebridge/mpc-nodes/protocol/coin-commitment.ts";
import { SIGNATURE_BYTES } from "@sharebridge/mpc-nodes/protocol/signer.ts";
import { inBatches } from "../stage.ts";
import { termsOf } from "../support.ts";
import { AT_ONCE, type Expected, flipped, type Lie, lies, opensFalselyTo, overcome } from "./support.ts";

const COMMITTED_BYTES = COMMITMENT_BYTES + SIGNATURE_BYTES;
const KEY_BYTES = 32;

interface Target {
  readonly culprit: PartyId;
  readonly victim: PartyId;
  /** Which of the two keys that both hold. */
  readonly which: 0 | 1;
}

const TARGETS: readonly Target[] = PARTIES.flatMap((culprit) =>
  partiesExcept(culprit).flatMap((victim) => ([0, 1] as const).map((which) => ({ culprit, victim, which }))),
);

type TossLie = (target: Target, binding: Uint8Array) => Lie;

/** Something else to one peer in one of the three rounds. */
const differs =
  (round: number, change: (payload: Uint8Array, which: number) => Uint8Array): TossLie =>
  ({ victim, which }) =>
  ({ to, index, payload }) => [to === victim && index === round ? change(payload, which) : payload];

/** Another contribution, with a signed commitment that fits: that peer notices nothing by itself. */
const equivocates: TossLie =
  ({ culprit, victim, which }, binding) =>
  ({ to, index, payload }, signer) => {
    if (to !== victim || index > 1) return [payload];
    const key = partiesExcept(culprit, victim)[which];
    const lie = new Uint8Array(KEY_BYTES).fill(0xee);
    const copy = payload.slice();
    if (index === 1) copy.set(lie, which * KEY_BYTES);
    else {
      const { commitment, signature } = signCommitment(
        signer,
        binding,
        key,
        coinCommitment(binding, key, culprit, lie),
      );
      copy.set(concatenateBytes([commitment, signature]), which * COMMITTED_BYTES);
    }
    return [copy];
  };

const LIES: Record<string, { readonly lie: TossLie; readonly expected?: Expected }> = {
  "another signed commitment, and what it opens to": { lie: equivocates, expected: { convicted: true, attempts: [1] } },
  "another commitment": { lie: differs(0, (payload, which) => flipped(payload, which * COMMITTED_BYTES)) },
  "no signature": { lie: differs(0, (payload, which) => flipped(payload, which * COMMITTED_BYTES + COMMITMENT_BYTES)) },
  "another contribution": { lie: differs(1, (payload, which) => flipped(payload, which * KEY_BYTES + 7)) },
  "another echo": { lie: differs(2, (payload, which) => flipped(payload, which * KEY_BYTES + 31)) },
};

const bindingIn = (label: string, attempt: number, activeSet: number): Uint8Array =>
  bindingOf({ ...termsOf(label), attempt, activeSet });

describe("unequal keys", () => {
  for (const [name, { lie, expected }] of Object.entries(LIES)) {
    it(`of four parties: ${name}`, async () => {
      await inBatches(
        TARGETS,
        async (target) => {
          const { culprit } = target;
          const label = `toss ${name} ${JSON.stringify(target)}`;
          const attack = lies([0, () => lie(target, bindingIn(`${label} ${culprit}`, 0, 15))]);
          await overcome(label, culprit, attack, {}, { told: true, attempts: [1, 2], ...expected });
        },
        AT_ONCE,
      );
    });

    it(`of three parties: ${name}`, async () => {
      const targets = TARGETS.filter(({ culprit }) => culprit > 0).flatMap((target) => {
        const framed = PARTIES.slice(0, target.culprit).find((party) => party !== target.victim);
        return framed === undefined ? [] : [{ ...target, framed }];
      });
      await inBatches(
        targets,
        async (target) => {
          const { culprit, framed } = target;
          const label = `toss of three ${name} ${JSON.stringify(target)}`;
          const attack = lies(
            [0, opensFalselyTo(framed)],
            [1, () => lie(target, bindingIn(`${label} ${culprit}`, 1, 15 & ~(1 << framed)))],
          );
          await overcome(label, culprit, attack, {}, { told: true, attempts: [2] });
        },
        AT_ONCE,
      );
    });
  }
});
