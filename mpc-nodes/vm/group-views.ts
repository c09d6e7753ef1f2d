/** Protected groups as sets of rows of each table that they depend on: of the main one, and by matches of further ones. */
import { type Contributions, ofTable } from "@sharebridge/algorithms/language/contributions.ts";
import type { ProtectedMatch } from "@sharebridge/algorithms/language/matched-groups.ts";
import { toBits } from "../protocol/functions/bits-of.ts";
import { partnersOf } from "../protocol/functions/match.ts";
import type { Bits, Mpc } from "../protocol/mpc.ts";
import type { GroupView, Membership } from "./suppress.ts";
import type { Values } from "./values.ts";

/** The rows of all groups are brought to their partners at once. */
export async function groupViews(
  mpc: Mpc,
  run: Values,
  members: readonly Membership[],
  matches: readonly ProtectedMatch[],
  contributions: Contributions,
): Promise<GroupView[]> {
  const main = { members, contributions: ofTable(contributions, 0) };
  if (matches.length === 0) return [main];
  const columns = await mpc.parallel(members.map((member) => (task: Mpc) => asBits(task, member)));
  const partners = await mpc.parallel(
    matches.map(
      ({ match }) =>
        (task: Mpc) =>
          partnersOf(task, run.matching(match), task.stack(columns)),
    ),
  );
  const further = matches.map(({ table }, position) => ({
    members: members.map((_, group) => mpc.planes(partners[position], [group])),
    contributions: ofTable(contributions, table),
  }));
  return [main, ...further];
}

/** A number that is 0 or 1 is its lowest bit. */
async function asBits(mpc: Mpc, member: Membership): Promise<Bits> {
  return member.kind === "bits" ? mpc.planes(member, [0]) : toBits(mpc, member, 1);
}
