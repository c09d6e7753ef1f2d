/** One program through the whole market, every step by the command line: registered, sold data to, bought, read, verified, judged. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { costOfProgram } from "@sharebridge/mpc-nodes/vm/cost.ts";
import { SELLERS } from "../devnet/accounts.ts";
import { DEFAULT_SLACK, type LibraryCase } from "./cases.ts";
import { type AnsweredFigure, type Judgement, judge } from "./judge.ts";
import { type Sharebridge, sharebridgeIn } from "./sharebridge.ts";
import { csvOf, dealt, rowsOf } from "./table.ts";

const SELLERS_OF_A_CASE = 3;
/** In the token's smallest unit: one whole token. */
const PRICE = String(10n ** 18n);

export interface Purchase {
  readonly program: string;
  readonly source: string;
  readonly rows: number;
  readonly sellers: number;
  /** From the request to the answer that was read, the command's start included. */
  readonly seconds: number;
  /** Declared, of the program's instructions. */
  readonly rounds: number;
  /** Declared, of the node that sends most. */
  readonly bytesOfBusiestNode: number;
  readonly judgement: Judgement;
}

interface Place {
  /** New or empty; for the users' files. */
  readonly folder: string;
  readonly networkFile: string;
  readonly signal: AbortSignal;
}

export async function buy(program: Program, libraryCase: LibraryCase, place: Place): Promise<Purchase> {
  const { table, source, parameters = {}, slack = DEFAULT_SLACK, noise } = libraryCase;
  mkdirSync(place.folder, { recursive: true });
  const sharebridge = sharebridgeIn(place.folder, place.networkFile, place.signal);
  await sharebridge("algorithm", "register", program.name, "--account", "author");
  const created = await sharebridge(
    "market",
    "create",
    program.name,
    "--price",
    PRICE,
    "--account",
    "author",
    "--json",
  );
  const { market } = JSON.parse(created) as { market: string };
  await publishAll(sharebridge, place.folder, market, libraryCase);

  const params = Object.entries(parameters).flatMap(([name, value]) => ["--param", `${name}=${value}`]);
  const from = performance.now();
  const asked = await sharebridge("request", "--market", market, ...params, "--wait", "--account", "buyer", "--json");
  const seconds = (performance.now() - from) / 1_000;
  const { requestId, answer } = JSON.parse(asked) as { requestId: string; answer: { figures: AnsweredFigure[] } };
  // Exit code 1 if the proof does not hold.
  await sharebridge("verify", requestId);

  const rows = rowsOf(table);
  const { rounds, bytesSent } = await costOfProgram(program, rows);
  return {
    ...{ program: program.name, source, rows, sellers: SELLERS_OF_A_CASE, seconds, rounds },
    bytesOfBusiestNode: Math.max(...bytesSent),
    judgement: judge(answer.figures, libraryCase.expected(), slack, noise),
  };
}

/** Each seller writes a CSV file, looks at schema and policy, publishes, and joins the market. */
async function publishAll(
  sharebridge: Sharebridge,
  folder: string,
  market: string,
  { table }: LibraryCase,
): Promise<void> {
  const files = dealt(table, SELLERS_OF_A_CASE).map((each, seller) => {
    const file = `${SELLERS[seller]!}.csv`;
    writeFileSync(join(folder, file), csvOf(each));
    return file;
  });
  const [schema, policy] = await Promise.all([
    sharebridge("schema", "infer", files[0]!, "--market", market),
    sharebridge("policy", "example", "--market", market),
  ]);
  writeFileSync(join(folder, "schema.json"), schema);
  writeFileSync(join(folder, "policy.json"), policy);
  const consent = ["--schema", "schema.json", "--policy", "policy.json", "--market", market];
  await Promise.all(
    files.map((file, seller) => sharebridge("publish", file, ...consent, "--account", SELLERS[seller]!)),
  );
}
