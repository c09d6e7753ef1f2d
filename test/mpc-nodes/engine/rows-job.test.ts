/** A node that lies, or is not there, while a dataset's rows are checked: the others end with the right count all the same. */
import { decodeValidityResult } from "@sharebridge/contracts/typed-data.ts";
import type { Outcome, RowsJob } from "@sharebridge/mpc-nodes/engine/engine.ts";
import { LocalEngine } from "@sharebridge/mpc-nodes/engine/local-engine.ts";
import { Heap } from "@sharebridge/mpc-nodes/kernels/heap.ts";
import { PARTIES, type PartyId, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import { decodePackage } from "@sharebridge/mpc-nodes/sharing/package.ts";
import { createMemoryTransports } from "@sharebridge/mpc-nodes/transport/memory.ts";
import { expect } from "chai";
import { getBytes } from "ethers";
import { TestHooks } from "../../suites/engine.suite.ts";
import { seed } from "../../support/seed.ts";
import { recombineTable } from "../support/recombine-table.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { deal } from "../support/shared-columns.ts";
import { type Attack, isFirst, namesOf, sendsIn, silentTo, watched } from "./attack.ts";
import { requestIdOf, termsOf } from "./support.ts";

const RANGE = { name: "age", minimum: 0n, maximum: 120n };
const WORDS = [17n, 121n, 0n, 120n, 2n ** 63n, 64n, BigInt.asUintN(64, -1n)];
const VALID = [17n, 0n, 120n, 64n];
const DATASET = requestIdOf("dataset of a rows job");

function jobsOf(label: string): RowsJob[] {
  const parts = deal(BigUint64Array.from(WORDS), seededRandom(seed, label));
  return PARTIES.map((party) => ({
    terms: termsOf(label),
    datasetId: DATASET,
    ranges: [RANGE],
    inputs: new Map([[RANGE.name, parts[party]!]]),
    rows: WORDS.length,
  }));
}

/** What the honest parties ended with: all that did, with one result. */
async function play(label: string, culprit: PartyId, attack: Attack): Promise<Map<PartyId, Outcome>> {
  const transports = createMemoryTransports({ timeouts: { receiveMs: 400 } });
  const names = new Map(namesOf(label, false));
  const open = new Set<string>();
  const heaps = PARTIES.map(() => new Heap(2 ** 26));
  const engines = PARTIES.map(
    (party) =>
      new LocalEngine(watched(transports[party]!, names, open, party === culprit ? attack : {}), {
        heap: heaps[party]!,
      }),
  );
  if (attack.absent === "closed") await engines[culprit]!.close();
  const jobs = jobsOf(label);
  const playing = attack.absent === undefined ? PARTIES : partiesExcept(culprit);
  const ends = await Promise.allSettled(
    playing.map((party) => engines[party]!.compute(jobs[party]!, new TestHooks(party))),
  );
  await Promise.all(engines.map((engine) => engine.close()));
  expect([...open]).to.deep.equal([]);
  expect(heaps.map((heap) => heap.usedBytes)).to.deep.equal([0, 0, 0, 0]);
  const outcomes = new Map<PartyId, Outcome>();
  for (const [index, end] of ends.entries()) {
    const party = playing[index]!;
    if (party === culprit) continue;
    if (end.status === "fulfilled") outcomes.set(party, end.value);
    else expect(end.reason).to.have.property("code", "AnsweredByPeers");
  }
  return outcomes;
}

function expectRight(outcomes: ReadonlyMap<PartyId, Outcome>): void {
  expect(outcomes.size).to.be.greaterThan(1);
  const [first] = outcomes.values();
  const { validRows, shareCommitments } = decodeValidityResult(first!.result);
  expect(validRows).to.equal(VALID.length);
  const shape = { columns: 1, rows: validRows };
  const packages = [...outcomes].map(([party, { result, opening }]) => {
    expect(result).to.equal(first!.result);
    return decodePackage(opening!, party, shape);
  });
  const commitments = shareCommitments.map((hex) => getBytes(hex));
  expect(recombineTable(packages, getBytes(DATASET), commitments, shape)).to.deep.equal([VALID]);
}

describe("a check of rows with a node that is not honest", () => {
  for (const culprit of PARTIES) {
    it(`which flips a bit of what it sends (seat ${culprit})`, async () => {
      for (const at of [1, 4, 9, 15, 25]) {
        const flips = sendsIn(isFirst, (_to, payload, index, pass) => {
          const changed = payload.slice();
          if (index === at) changed[0]! ^= 1;
          pass(changed);
        });
        expectRight(await play(`flips ${culprit} ${at}`, culprit, flips));
      }
    });

    it(`which says nothing to one of the others, or is not there (seat ${culprit})`, async () => {
      const victim = partiesExcept(culprit)[0]!;
      const plays = [silentTo(victim), { absent: "closed" }, { dies: { attempt: 0, messages: 40 } }] as const;
      await Promise.all(
        plays.map(async (attack, index) => expectRight(await play(`silent ${culprit} ${index}`, culprit, attack))),
      );
    }).timeout(20_000);
  }
});
