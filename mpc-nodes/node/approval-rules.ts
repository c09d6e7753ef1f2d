/**
 * Classes of programs that an operator allows without approving each hash: `approvals.json` in the node's folder.
 *
 * A class is part of the standard library of this release, every program known by its hash, as far as its cost at its
 * largest number of rows, the least size of its protected groups and the privacy of its noise are within the rule's limits. What a rule says and this version
 * cannot check is refused, not passed over.
 *
 * @example
 * { "rules": [{ "library": true, "maximumRounds": 100, "maximumBytesPerParty": 1000000000 }] }
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { programHash } from "@sharebridge/algorithms/language/encode.ts";
import { type PrivacyCost, privacyCostOf } from "@sharebridge/algorithms/language/privacy-cost.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { compare } from "@sharebridge/algorithms/language/rational.ts";
import { largestRows } from "@sharebridge/algorithms/language/tables.ts";
import { parseDecimal } from "@sharebridge/algorithms/language/words.ts";
import { library } from "@sharebridge/algorithms/library/index.ts";
import { LIBRARY_VERSION } from "@sharebridge/algorithms/library/version.ts";
import { z } from "zod";
import type { Cost } from "../protocol/dry/dry-mpc.ts";
import { costOfProgram } from "../vm/cost.ts";
import { ApprovalRulesError } from "./approval-rules-error.ts";

export const RULES_FILE = "approvals.json";
const MAXIMUM_RULES = 64;

const ruleSchema = z.strictObject({
  /** True: the library of whichever release runs here; or the version that it must be. */
  library: z.union([z.literal(true), z.string().regex(/^\d{1,4}\.\d{1,4}\.\d{1,4}$/)], "must be true or a version"),
  maximumRounds: z.int().min(1),
  /** At the program's maximum of rows. */
  maximumBytesPerParty: z.int().min(1),
  /** Each output is a figure of a protected group, which is suppressed below this many rows (`groups.ts`). */
  minimumCohort: z.int().min(2).optional(),
  /** Nothing is opened without noise, and an answer's epsilon (`privacyCostOf`) and delta are no larger. */
  requireNoise: z
    .strictObject({
      maximumEpsilon: z.number().positive().max(1_000),
      maximumDelta: z.number().positive().max(1),
      /** "row" takes either: noise that hides a seller's rows hides each of them. */
      unit: z.enum(["row", "seller"]),
    })
    .optional(),
});
const fileSchema = z.strictObject({ rules: z.array(ruleSchema).max(MAXIMUM_RULES) });

export type ApprovalRule = z.infer<typeof ruleSchema>;
type NoiseCondition = NonNullable<ApprovalRule["requireNoise"]>;

/** A program that a rule allows. */
export interface AllowedProgram {
  readonly hash: string;
  readonly program: Program;
  /** The first rule that allows it, from 0. */
  readonly rule: number;
}

/** None when there is no such file. Throws `ApprovalRulesError`. */
export function readRules(folder: string): ApprovalRule[] {
  const file = join(folder, RULES_FILE);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new ApprovalRulesError("RulesInvalid", `${file} cannot be read`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ApprovalRulesError("RulesInvalid", `${file} is not JSON`);
  }
  return parseRules(json);
}

/** @param json What `approvals.json` holds. */
export function parseRules(json: unknown): ApprovalRule[] {
  const parsed = fileSchema.safeParse(json);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0];
    throw new ApprovalRulesError("RulesInvalid", `${[RULES_FILE, ...path.map(String)].join(".")}: ${message}`);
  }
  for (const [index, rule] of parsed.data.rules.entries()) {
    if (rule.library === true || rule.library === LIBRARY_VERSION) continue;
    throw new ApprovalRulesError(
      "OtherLibraryVersion",
      `rule ${index} of ${RULES_FILE} is about library ${rule.library}; this release has ${LIBRARY_VERSION}: review it and change the rule, or take the rule out`,
    );
  }
  return parsed.data.rules;
}

/** Of programs at their largest number of rows: to count one takes up to a second, and the library's are asked for again and again. */
const costs = new WeakMap<Program, Promise<Cost>>();

function mostCostOf(program: Program): Promise<Cost> {
  const known = costs.get(program);
  if (known !== undefined) return known;
  const counted = costOfProgram(program, largestRows(program));
  costs.set(program, counted);
  return counted;
}

/**
 * The programs that rules allow: those of `programs` within the limits. The hash is the program's own, so that what goes
 * by a library program's name is not taken for it.
 */
export async function allowedPrograms(
  rules: readonly ApprovalRule[],
  programs: Iterable<Program> = library.values(),
): Promise<Map<string, AllowedProgram>> {
  const allowed = new Map<string, AllowedProgram>();
  if (rules.length === 0) return allowed;
  for (const program of programs) {
    const { rounds, bytesSent } = await mostCostOf(program);
    const bytes = Math.max(...bytesSent);
    const least = program.protection?.minimumRows ?? 0;
    const cost = privacyCostOf(program);
    const rule = rules.findIndex(
      ({ maximumRounds, maximumBytesPerParty, minimumCohort = 0, requireNoise }) =>
        rounds <= maximumRounds &&
        bytes <= maximumBytesPerParty &&
        least >= minimumCohort &&
        (requireNoise === undefined || isPrivate(cost, requireNoise)),
    );
    const hash = programHash(program);
    if (rule >= 0) allowed.set(hash, { hash, program, rule });
  }
  return allowed;
}

/** A rule's numbers are taken as they are written: 0.1 is a tenth, not the double next to it. */
function isPrivate(cost: PrivacyCost | null, { maximumEpsilon, maximumDelta, unit }: NoiseCondition): boolean {
  if (cost === null || (unit === "seller" && cost.unit === "row")) return false;
  const [epsilon, delta] = [
    { numerator: cost.epsilonMillionths, denominator: 10n ** 6n },
    { numerator: cost.deltaE18, denominator: 10n ** 18n },
  ];
  return (
    compare(epsilon, parseDecimal(String(maximumEpsilon))) <= 0 &&
    compare(delta, parseDecimal(String(maximumDelta))) <= 0
  );
}
