/** A request that is cancelled, or whose engine is closed, holds nothing from then on, wherever it stands. */
import type { PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { decodeStatus, encodeStatus, encodeStatusQuestion } from "@sharebridge/mpc-nodes/wire/status-question.ts";
import { expect } from "chai";
import { rejection } from "../node/support/rejection.ts";
import { leftoversOf } from "../transport/support.ts";
import { type Attack, isFirst, sendsIn, silentTo } from "./attack.ts";
import { type Stage, stage } from "./stage.ts";
import { requestIdOf } from "./support.ts";

const CULPRIT = 3;
/** Left out of attempt 1, if a pair is named. */
const FRAMED = 0;
/** Who is cancelled or closed. */
const ENDED: PartyId = 1;

/** The attempt that a party says it has entered. */
async function enteredBy(on: Stage, party: PartyId, label: string): Promise<number | null> {
  const asking = party === 2 ? 1 : 2;
  const status = decodeStatus(await on.engines[asking].ask(party, encodeStatusQuestion(requestIdOf(label)), 65_536));
  return status.kind === "running" ? status.attempt : null;
}

/** What the culprit does so that the others stand in a phase for long, and how a test knows that they do. */
interface Phase {
  readonly attack: Attack;
  isReached(on: Stage, label: string): Promise<boolean>;
}

const silent = sendsIn(
  ({ kind }) => kind === "compute",
  () => {},
);

const PHASES: Record<string, Phase> = {
  "in the first attempt": {
    attack: silent,
    isReached: async ({ open }) => open.has(`${ENDED} compute 0`),
  },
  "in the settlement": {
    attack: {
      network: (network, name) =>
        sendsIn(
          () => true,
          () => {},
        ).network(network, name),
    },
    isReached: async ({ open }) => open.has(`${ENDED} settle 0`),
  },
  "when it waits for its peers": {
    attack: { ...silentTo(FRAMED), status: async () => encodeStatus({ kind: "running", attempt: 0 }) },
    isReached: async (on, label) => (await enteredBy(on, ENDED, label)) === 1,
  },
  "in an attempt of three": {
    attack: {
      network: (network, name) =>
        (isFirst(name)
          ? silentTo(FRAMED)
          : sendsIn(
              ({ attempt }) => attempt === 1,
              () => {},
            )
        ).network(network, name),
    },
    isReached: async ({ open }) => open.has(`${ENDED} compute 1`),
  },
  "when it waits though it is left out": {
    attack: { ...silentTo(ENDED), status: async () => encodeStatus({ kind: "running", attempt: 0 }) },
    isReached: async (on, label) => (await enteredBy(on, ENDED, label)) === 2,
  },
};

async function reached(phase: Phase, on: Stage, label: string): Promise<void> {
  while (!(await phase.isReached(on, label))) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe("a request that is ended from outside", () => {
  for (const [name, phase] of Object.entries(PHASES)) {
    for (const how of ["cancelled", "closed"] as const) {
      it(`${how} ${name}, holds nothing`, async () => {
        const label = `${how} ${name}`;
        const left = await leftoversOf(async () => {
          const on = await stage(label, { culprit: CULPRIT, attack: phase.attack });
          const controller = new AbortController();
          const ended = rejection(on.compute(ENDED, controller.signal));
          const others = ([0, 2, 3] as const).map((party) => on.compute(party).catch(() => {}));
          await reached(phase, on, label);
          const start = performance.now();
          if (how === "cancelled") controller.abort();
          else await on.engines[ENDED].close();
          expect(await ended).to.have.property("code", how === "cancelled" ? "Cancelled" : "TransportClosed");
          expect(performance.now() - start).to.be.lessThan(200);
          expect(on.heaps[ENDED].usedBytes).to.equal(0);
          expect([...on.open].filter((session) => session.startsWith(`${ENDED} compute`))).to.deep.equal([]);
          expect([...on.open].filter((session) => session.startsWith(`${ENDED} settle`))).to.deep.equal([]);
          await Promise.resolve();
          expect(on.waits[ENDED]).to.equal(0);
          await on.close();
          await Promise.all(others);
          expect(on.heaps.map((heap) => heap.usedBytes)).to.deep.equal([0, 0, 0, 0]);
          expect(on.waits).to.deep.equal([0, 0, 0, 0]);
        });
        expect(left).to.deep.equal([]);
      });
    }
  }
});
