import { trace } from "@sharebridge/algorithms/language/builder.ts";
import { answerLength } from "@sharebridge/algorithms/language/groups.ts";
import type { Column } from "@sharebridge/algorithms/language/schema.ts";
import { weightedScore } from "@sharebridge/algorithms/library/index.ts";
import { decodePublicResult, decodeSealedResult } from "@sharebridge/contracts/typed-data.ts";
import type { ComputationOutcome } from "@sharebridge/mpc-nodes/engine/compute.ts";
import { PARTIES, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import { COIN_TOSS_BYTES, COIN_TOSS_ROUNDS } from "@sharebridge/mpc-nodes/protocol/coin-toss.ts";
import { PRESENCE_BYTES } from "@sharebridge/mpc-nodes/protocol/joint-round.ts";
import { TAG_BYTES } from "@sharebridge/mpc-nodes/protocol/tags.ts";
import { COMMITMENT_BYTES } from "@sharebridge/mpc-nodes/sharing/commitment.ts";
import { publicVector } from "@sharebridge/mpc-nodes/sharing/linear.ts";
import { recombineOpenings } from "@sharebridge/mpc-nodes/sharing/opening.ts";
import { createMemoryTransports } from "@sharebridge/mpc-nodes/transport/memory.ts";
import type { Transport } from "@sharebridge/mpc-nodes/transport/transport.ts";
import { costOfProgram } from "@sharebridge/mpc-nodes/vm/cost.ts";
import { expect } from "chai";
import { getBytes } from "ethers";
import { attacked, tabulation } from "../../suites/groups.suite.ts";
import { payGap } from "../../support/open-pay-gap.ts";
import { seed } from "../../support/seed.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { deal } from "../support/shared-columns.ts";
import { createTlsTransports, leftoversOf } from "../transport/support.ts";
import {
  bindingOfCase,
  type Case,
  dealCase,
  expectOutputs,
  heap,
  makeCase,
  requestIdOf,
  runCase,
  runHonest,
  tamper,
} from "./support.ts";

const WEIGHTS = [-3n << 16n, 98_304n, 12_345n];

/** The outputs that a buyer gets from these openings. */
function openedOutputs(subject: Case, outcomes: readonly ComputationOutcome[], parties: readonly number[] = PARTIES) {
  const openings = parties.map((party) => ({ party: PARTIES[party], plaintext: outcomes[party].opening! }));
  const commitments = decodeSealedResult(outcomes[0].result).map((commitment) => getBytes(commitment));
  const requestId = getBytes(requestIdOf(subject.label));
  const opened = recombineOpenings(openings, commitments, requestId, answerLength(subject.program));
  return { faultySeats: opened.faultySeats, outputs: [...opened.values].map((word) => BigInt.asIntN(64, word)) };
}

function expectSameResult(outcomes: readonly ComputationOutcome[]): void {
  for (const { result } of outcomes) expect(result).to.equal(outcomes[0].result);
}

function codesOf(outcomes: readonly PromiseSettledResult<unknown>[]): string[] {
  return outcomes.map((outcome) => (outcome.status === "rejected" ? outcome.reason.code : "done"));
}

function computeSuite(name: string, create: () => Promise<Transport[]>): void {
  describe(`${name}: four nodes compute`, () => {
    let transports: Transport[] = [];

    beforeEach(async () => {
      transports = await create();
    });

    afterEach(async () => {
      await Promise.all(transports.map((transport) => transport.close()));
    });

    it("a sealed pay gap: equal results, openings that give the plaintext reference", async () => {
      const subject = makeCase("sealed pay gap", payGap, 534, true);
      const outcomes = await runHonest(transports, subject);
      expectSameResult(outcomes);
      const { outputs, faultySeats } = openedOutputs(subject, outcomes);
      expectOutputs(subject, outputs);
      expect(faultySeats).to.deep.equal([]);
      for (const absent of PARTIES) {
        const three = PARTIES.filter((party) => party !== absent);
        expect(openedOutputs(subject, outcomes, three).outputs).to.deep.equal(outputs);
      }
    });

    it("a public pay gap: the outputs themselves, nothing to open", async () => {
      const subject = makeCase("public pay gap", payGap, 100, false);
      const outcomes = await runHonest(transports, subject);
      expectSameResult(outcomes);
      expectOutputs(subject, decodePublicResult(outcomes[0].result));
      for (const { opening } of outcomes) expect(opening).to.equal(null);
    });

    it("a sealed table whose small groups are suppressed, by whose rows they are", async () => {
      const program = tabulation({ minimumRows: 3, minimumSellers: 2 });
      const { words: columns, rows, contributions } = attacked;
      const subject = { label: `${name} groups`, program, columns, parameters: [], rows, contributions, sealed: true };
      const outcomes = await runHonest(transports, subject);
      expectSameResult(outcomes);
      const { outputs } = openedOutputs(subject, outcomes);
      expectOutputs(subject, outputs);
      expect(outputs.slice(program.outputs.length)).to.deep.equal([0n, 1n, 1n, 0n]);
    });

    it("with parameters, negative words among them", async () => {
      const subject = makeCase("score", weightedScore, 77, false, WEIGHTS);
      const outcomes = await runHonest(transports, subject);
      expectSameResult(outcomes);
      expectOutputs(subject, decodePublicResult(outcomes[0].result));
    });

    it("a column that is known to be there, its presence a public 1, as if the seller had shared it", async () => {
      const wage: Column = {
        name: "wage",
        kind: "number",
        fractionBits: 4,
        minimum: "1",
        maximum: "90",
        optional: true,
      };
      const program = trace({ name: "known", description: "Test.", columns: [wage], maximumRows: 100 }, (t) => {
        t.output("wages", t.sum(t.inputOr("wage", "0")));
        t.output("few", t.count(t.and(t.present("wage"), t.less(t.encodedOr("wage", "90"), t.constant("45", 4)))));
      });
      const rows = 70;
      const values = makeCase("a presence that all know", program, rows, false).columns;
      const presence = new BigUint64Array(rows).fill(1n);
      const columns = new Map([...values, ["wage.present", presence]]);
      const subject: Case = { label: `${name} presence`, program, columns, parameters: [], rows, sealed: false };
      const random = seededRandom(seed, "wages");
      const computations = dealCase(subject, (words) =>
        words === presence ? PARTIES.map((party) => publicVector(1n, rows, party)) : deal(words, random),
      );
      const outcomes = await runHonest(transports, subject, { computations });
      expectSameResult(outcomes);
      expectOutputs(subject, decodePublicResult(outcomes[0].result));
    });

    it("one row", async () => {
      const subject = makeCase("one row", payGap, 1, true);
      const outcomes = await runHonest(transports, subject);
      expectOutputs(subject, openedOutputs(subject, outcomes).outputs);
    });

    it("several requests at once over the same connections", async () => {
      const subjects = [
        makeCase("first of three", payGap, 300, true),
        makeCase("second of three", weightedScore, 200, true, WEIGHTS),
        makeCase("third of three", payGap, 50, false),
      ];
      const outcomes = await Promise.all(subjects.map((subject) => runHonest(transports, subject)));
      for (const each of outcomes) expectSameResult(each);
      expectOutputs(subjects[0], openedOutputs(subjects[0], outcomes[0]).outputs);
      expectOutputs(subjects[1], openedOutputs(subjects[1], outcomes[1]).outputs);
      expectOutputs(subjects[2], decodePublicResult(outcomes[2][0].result));
    });

    it("and a tampered message ends its own computation with a named error, no other", async () => {
      const tampered = makeCase("tampered", payGap, 60, true);
      const honest = makeCase("beside the tampered", payGap, 60, true);
      const [failed, outcomes] = await Promise.all([
        runCase(transports, tampered, { between: tamper(0, 2, 3) }),
        runHonest(transports, honest),
      ]);
      const codes = codesOf(failed);
      expect(codes).not.to.include("done");
      expect(codes).to.include("BadTag");
      expect(
        codes.every((code) => code === "BadTag" || code === "ClosedByPeer"),
        codes.join(),
      ).to.equal(true);
      expectSameResult(outcomes);
      expectOutputs(honest, openedOutputs(honest, outcomes).outputs);
    });

    it("nothing when one is bound to another request", async () => {
      const subject = makeCase("bound", payGap, 10, true);
      const bindings = PARTIES.map((party) => (party === 3 ? new Uint8Array(32) : bindingOfCase(subject)));
      const codes = codesOf(await runCase(transports, subject, { bindings }));
      expect(codes).not.to.include("done");
      expect(codes).to.include("CoinTossBadSignature");
    });

    it("nothing when one lacks a column: it says so, the others name it", async () => {
      const subject = makeCase("missing column", payGap, 10, true);
      const computations = dealCase(subject);
      const inputs = new Map(computations[0].inputs);
      inputs.delete("sex");
      computations[0] = { ...computations[0], inputs };
      const failed = await runCase(transports, subject, { computations });
      expect(codesOf(failed)).to.deep.equal(["MissingInput", "ClosedByPeer", "ClosedByPeer", "ClosedByPeer"]);
    });
  });
}

computeSuite("in memory", async () => createMemoryTransports());
computeSuite("over TLS", createTlsTransports);

describe("computation", () => {
  it("sends the same bytes in the same rounds in memory and over TLS", async () => {
    const subject = makeCase("statistics", payGap, 200, true);
    const inMemory = await runHonest(createMemoryTransports(), subject);
    const overTls = await createTlsTransports();
    try {
      const outcomes = await runHonest(overTls, subject);
      expect(outcomes.map(({ statistics }) => statistics)).to.deep.equal(inMemory.map(({ statistics }) => statistics));
    } finally {
      await Promise.all(overTls.map((transport) => transport.close()));
    }
  });

  it("costs what its parts declare", async () => {
    const rows = 200;
    const outcomes = await runHonest(createMemoryTransports(), makeCase("cost", payGap, rows, true));
    const program = await costOfProgram(payGap, rows);
    // Then the outputs are made fresh, three elements each, and committed to.
    const { length } = payGap.outputs;
    const refreshing = [1, 0, 1, 1].map((elements, party) => elements * 8 * length + [1, 1, 0, 1][party]! * TAG_BYTES);
    const telling = COMMITMENT_BYTES + TAG_BYTES;
    // Of the peers in both rounds, those who are told nothing.
    const present = [2, 3, 3, 2].map((peers) => peers * PRESENCE_BYTES);
    for (const party of PARTIES) {
      const { rounds, bytesSent } = outcomes[party].statistics;
      expect(rounds).to.equal(COIN_TOSS_ROUNDS + program.rounds + 2);
      expect(bytesSent).to.equal(
        COIN_TOSS_BYTES + program.bytesSent[party]! + refreshing[party]! + telling + present[party]!,
      );
    }
  });

  it("leaves nothing in the heap, whether it succeeds or fails", async () => {
    await runHonest(createMemoryTransports(), makeCase("memory", payGap, 20, true));
    expect(heap.usedBytes).to.equal(0);
    await runCase(createMemoryTransports(), makeCase("memory", payGap, 20, true), { between: tamper(0, 2, 3) });
    expect(heap.usedBytes).to.equal(0);
  });

  it("never gives a wrong result for one changed message, whichever it is", async () => {
    const subject = makeCase("every message", payGap, 3, true);
    const computations = dealCase(subject);
    const [{ result }] = await runHonest(createMemoryTransports(), subject);
    let changed = 0;
    for (const from of PARTIES) {
      for (const to of partiesExcept(from)) {
        for (let index = 0; ; index++) {
          const between = tamper(from, to, index);
          const outcomes = await runCase(createMemoryTransports(), subject, { computations, between });
          if (outcomes.every(({ status }) => status === "fulfilled")) break;
          for (const outcome of outcomes) {
            if (outcome.status === "fulfilled") expect(outcome.value.result).to.equal(result);
          }
          changed++;
        }
      }
    }
    // At the least the coin toss, three messages on each of twelve links, was changed message by message.
    expect(changed).to.be.greaterThan(36);
  });

  it("leaves no socket and no timer behind, whether it succeeds or fails", async () => {
    const left = await leftoversOf(async () => {
      const transports = await createTlsTransports();
      await runHonest(transports, makeCase("leftovers", payGap, 20, true));
      const failing = makeCase("leftovers of a failure", payGap, 20, true);
      expect(codesOf(await runCase(transports, failing, { between: tamper(0, 2, 3) }))).not.to.include("done");
      await Promise.all(transports.map((transport) => transport.close()));
    });
    expect(left).to.deep.equal([]);
  });

  it("of the same request on the same shares commits to other output shares each time", async () => {
    const subject = makeCase("fresh", payGap, 20, true);
    const options = { computations: dealCase(subject) };
    const [first] = await runHonest(createMemoryTransports(), subject, options);
    const [second] = await runHonest(createMemoryTransports(), subject, { ...options, coins: "other" });
    const [one, two] = [first, second].map(({ result }) => decodeSealedResult(result));
    for (const j of PARTIES) expect(one[j]).not.to.equal(two[j]);
  });
});
