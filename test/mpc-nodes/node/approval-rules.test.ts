import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { programHash } from "@sharebridge/algorithms/language/encode.ts";
import { privacyCostOf } from "@sharebridge/algorithms/language/privacy-cost.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import {
  DEFAULT_MINIMUM,
  groupStatistics,
  library,
  payGap,
  privateHistogram,
  privateMean,
  weightedScore,
} from "@sharebridge/algorithms/library/index.ts";
import { LIBRARY_VERSION } from "@sharebridge/algorithms/library/version.ts";
import { ApprovalError } from "@sharebridge/mpc-nodes/node/approval-error.ts";
import {
  type ApprovalRule,
  allowedPrograms,
  parseRules,
  RULES_FILE,
  readRules,
} from "@sharebridge/mpc-nodes/node/approval-rules.ts";
import { createLog } from "@sharebridge/mpc-nodes/node/log.ts";
import { approvedProgram } from "@sharebridge/mpc-nodes/node/programs.ts";
import { RuleApprovals } from "@sharebridge/mpc-nodes/node/rule-approvals.ts";
import { costOfProgram } from "@sharebridge/mpc-nodes/vm/cost.ts";
import { expect } from "chai";
import { unprotected } from "../../algorithms/support/unprotected.ts";
import { testContext } from "./support/context.ts";
import { Folders } from "./support/keys.ts";
import { rejection } from "./support/rejection.ts";

const EVERYTHING = { library: true, maximumRounds: 1_000_000, maximumBytesPerParty: Number.MAX_SAFE_INTEGER } as const;
const NOISE = { maximumEpsilon: 1, maximumDelta: 1e-9, unit: "row" } as const;

/** Code and sentence with which rules are refused. */
function refusal(rules: unknown): { code: string; message: string } {
  try {
    parseRules(rules);
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error("they were taken");
}

describe("rules of approval", () => {
  const folders = new Folders();
  after(() => folders.remove());

  describe("as a file", () => {
    it("are none without a file, and those of the file", () => {
      const folder = folders.next();
      mkdirSync(folder, { recursive: true });
      expect(readRules(folder)).to.deep.equal([]);
      const rule = { library: LIBRARY_VERSION, maximumRounds: 100, maximumBytesPerParty: 1_000 };
      writeFileSync(join(folder, RULES_FILE), JSON.stringify({ rules: [rule] }));
      expect(readRules(folder)).to.deep.equal([rule]);
      writeFileSync(join(folder, RULES_FILE), "{");
      expect(() => readRules(folder))
        .to.throw("is not JSON")
        .with.property("code", "RulesInvalid");
    });

    it("are refused when a limit is missing, wrong or unknown", () => {
      const { maximumRounds: _, ...without } = EVERYTHING;
      for (const rules of [
        null,
        [],
        {},
        { rules: {} },
        { rules: [null] },
        { rules: [without] },
        { rules: [{ ...EVERYTHING, library: false }] },
        { rules: [{ ...EVERYTHING, library: "any" }] },
        { rules: [{ ...EVERYTHING, maximumRounds: 0 }] },
        { rules: [{ ...EVERYTHING, maximumBytesPerParty: "1000" }] },
        { rules: [{ ...EVERYTHING, maximumCost: 1 }] },
        { rules: [{ ...EVERYTHING, minimumCohort: 1 }] },
        { rules: [{ ...EVERYTHING, minimumCohort: true }] },
        ...[true, false, { maximumEpsilon: 1 }, { ...NOISE, unit: "family" }, { ...NOISE, maximumEpsilon: 0 }].map(
          (requireNoise) => ({ rules: [{ ...EVERYTHING, requireNoise }] }),
        ),
        ...[
          { ...NOISE, maximumDelta: 2 },
          { ...NOISE, maximumEpsilon: "1" },
          { ...NOISE, colour: "red" },
        ].map((requireNoise) => ({ rules: [{ ...EVERYTHING, requireNoise }] })),
        { rules: [], colour: "red" },
        { rules: Array.from({ length: 65 }, () => EVERYTHING) },
      ]) {
        expect(refusal(rules).code, JSON.stringify(rules)?.slice(0, 100)).to.equal("RulesInvalid");
      }
    });

    it("about the library of another release are refused", () => {
      expect(refusal({ rules: [{ ...EVERYTHING, library: "9.9.9" }] })).to.include({ code: "OtherLibraryVersion" });
      const { version } = JSON.parse(
        readFileSync(new URL("../../../algorithms/package.json", import.meta.url), "utf8"),
      );
      expect(LIBRARY_VERSION).to.equal(version);
    });
  });

  describe("allow", () => {
    it("the library's programs by hash, and nothing without a rule", async () => {
      const allowed = await allowedPrograms([EVERYTHING]);
      expect([...allowed.keys()].sort()).to.deep.equal([...library.values()].map(programHash).sort());
      expect((await allowedPrograms([])).size).to.equal(0);
    });

    it("no program that goes by a library program's name, and none that differs in one limit", async () => {
      const allowed = await allowedPrograms([EVERYTHING]);
      const impostors: Program[] = [
        { ...payGap, maximumRows: payGap.maximumRows - 1 },
        { ...payGap, description: `${payGap.description} ` },
        { ...payGap, outputs: [...payGap.outputs, { ...payGap.outputs[0]!, name: "again" }] },
      ];
      for (const impostor of impostors) {
        expect(impostor.name).to.equal(payGap.name);
        expect(allowed.has(programHash(impostor))).to.equal(false);
      }
    });

    it("a cost up to the limits, at the largest number of rows, and none just above", async () => {
      const { rounds, bytesSent } = await costOfProgram(payGap, payGap.maximumRows);
      const most = Math.max(...bytesSent);
      const limits = async (maximumRounds: number, maximumBytesPerParty: number) =>
        (await allowedPrograms([{ library: true, maximumRounds, maximumBytesPerParty }])).has(programHash(payGap));
      expect(await limits(rounds, most)).to.equal(true);
      expect(await limits(rounds - 1, most)).to.equal(false);
      expect(await limits(rounds, most - 1)).to.equal(false);
      // One rule's rounds and another one's bytes make no rule.
      const halves = [
        { library: true as const, maximumRounds: rounds, maximumBytesPerParty: most - 1 },
        { library: true as const, maximumRounds: rounds - 1, maximumBytesPerParty: most },
      ];
      expect((await allowedPrograms(halves)).has(programHash(payGap))).to.equal(false);
      const second = await allowedPrograms([...halves, EVERYTHING]);
      expect(second.get(programHash(payGap))).to.include({ rule: 2, program: payGap });
    });
  });

  describe("with a minimum cohort, allow", () => {
    const cohortsOf = async (minimumCohort: number, programs?: Iterable<Program>) =>
      [...(await allowedPrograms([{ ...EVERYTHING, minimumCohort }], programs)).values()].map(
        ({ program }) => program.name,
      );

    it("programs whose groups are suppressed below that many rows, and no others", async () => {
      const least = DEFAULT_MINIMUM.minimumRows;
      const groups = await cohortsOf(least);
      expect(groups).to.include(groupStatistics.name).and.to.include(payGap.name);
      expect(groups).not.to.include(weightedScore.name);
      expect(await cohortsOf(least + 1)).to.deep.equal([]);
    });

    it("no program without groups, whatever it is called", async () => {
      const open = unprotected(groupStatistics);
      expect(await cohortsOf(2, [groupStatistics, open])).to.deep.equal([groupStatistics.name]);
    });
  });

  describe("that require noise, allow", () => {
    const allowedBy = async (requireNoise: Partial<typeof NOISE> | { unit: "seller" }, programs?: Iterable<Program>) =>
      [
        ...(
          await allowedPrograms(
            [{ ...EVERYTHING, requireNoise: { ...NOISE, ...requireNoise } } as ApprovalRule],
            programs,
          )
        ).values(),
      ].map(({ program }) => program.name);

    it("programs that open nothing without it, for an epsilon and delta that are no larger", async () => {
      expect(await allowedBy({})).to.have.members([privateHistogram.name, privateMean.name]);
      expect(await allowedBy({ maximumEpsilon: 0.5 } as never)).to.have.length(2);
      expect(await allowedBy({ maximumEpsilon: 0.499999 } as never)).to.deep.equal([]);
      const { deltaE18 } = privacyCostOf(privateMean)!;
      const only = [privateMean];
      expect(await allowedBy({ maximumDelta: Number(deltaE18) / 1e18 } as never, only)).to.have.length(1);
      expect(await allowedBy({ maximumDelta: (Number(deltaE18) - 1) / 1e18 } as never, only)).to.have.length(0);
    });

    it("for sellers, no noise that hides rows alone; for rows, either", async () => {
      const bySeller: Program = { ...privateMean, name: "by_seller", privacy: { unit: "seller", maximumRows: 1 } };
      const programs = [bySeller, privateMean];
      expect(await allowedBy({ unit: "seller" }, programs)).to.deep.equal(["by_seller"]);
      expect(await allowedBy({ unit: "row" }, programs)).to.have.length(2);
    });

    it("no program that opens one number more, without noise", async () => {
      const [{ value }] = privateMean.outputs;
      const sum = privateMean.instructions.findIndex(({ op }) => op === "sum");
      const leaking: Program = {
        ...privateMean,
        outputs: [
          { name: "total", value },
          { name: "exactly", value: sum },
        ],
      };
      expect(await allowedBy({}, [leaking])).to.deep.equal([]);
    });
  });

  describe("on a node", () => {
    const hash = programHash(payGap);
    const log = createLog("silent");
    const nothingRevoked = async () => false;
    /** Resolves when what was asked for before has been tried. */
    const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

    it("let it compute what they allow, until that is revoked", async () => {
      const [node] = await folders.keys(1);
      const context = testContext(node!);
      const sent: string[] = [];
      const rules = new RuleApprovals({
        allowed: await allowedPrograms([EVERYTHING]),
        approve: async (program) => sent.push(program.hash),
        isRevoked: (each) => context.store.isRevoked(each),
        log,
      });
      const subject = { store: context.store, rules };
      expect(await approvedProgram(subject, hash)).to.equal(payGap);
      await approvedProgram(subject, hash);
      await settled();
      expect(sent).to.deep.equal([hash]);
      const impostor = programHash({ ...payGap, maximumRows: 1 });
      expect(await rejection(approvedProgram(subject, impostor))).to.have.property("code", "AlgorithmNotApproved");
      await context.store.removeProgram(hash);
      expect(await rejection(approvedProgram(subject, hash))).to.have.property("code", "AlgorithmNotApproved");
      await context.store.close();
    });

    it("send each approval once, one at a time, and again only after a failure", async () => {
      const events: string[] = [];
      let failures = 1;
      const rules = new RuleApprovals({
        allowed: await allowedPrograms([EVERYTHING]),
        async approve({ program }) {
          events.push(`begin ${program.name}`);
          await new Promise((resolve) => setImmediate(resolve));
          events.push(`end ${program.name}`);
          if (program.name === "pay_gap" && failures-- > 0) throw new ApprovalError("NotRegistered", "not yet");
        },
        isRevoked: nothingRevoked,
        log,
      });
      rules.begin();
      while (events.length < 2 * library.size) await settled();
      await settled();
      for (let index = 0; index < events.length; index += 2) {
        expect(events[index + 1]).to.equal(events[index]!.replace("begin", "end"));
      }
      const before = events.length;
      rules.begin();
      await settled();
      rules.begin();
      await settled();
      expect(events.slice(before)).to.deep.equal(["begin pay_gap", "end pay_gap"]);
    });

    it("send nothing for what was revoked, and nothing once the node stops", async () => {
      const sent: string[] = [];
      const allowed = await allowedPrograms([EVERYTHING]);
      const approve = async (program: { hash: string }) => sent.push(program.hash);
      const revoked = new RuleApprovals({ allowed, approve, isRevoked: async (each) => each === hash, log });
      revoked.begin();
      await settled();
      expect(sent)
        .to.have.length(library.size - 1)
        .and.not.to.include(hash);
      let begun = 0;
      const hanging = new RuleApprovals({
        allowed,
        approve: (_, signal) => {
          begun++;
          expect(signal.aborted).to.equal(false);
          return new Promise(() => {});
        },
        isRevoked: nothingRevoked,
        log,
      });
      hanging.begin();
      await settled();
      await hanging.stop();
      expect(begun).to.equal(1);
    });
  });
});
