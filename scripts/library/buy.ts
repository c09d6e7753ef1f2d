/** One program through the whole market, every step by the command line: registered, sold data to, bought, read, verified, judged. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { costOfProgram } from "@sharebridge/mpc-nodes/vm/cost.ts";
import { SELLERS } from "../devnet/accounts.ts";
import { DEFAULT_SLACK, type LibraryCase, rowsOfCase } from "./cases.ts";
import { type AnsweredFigure, type Judgement, judge } from "./judge.ts";
import { type Sharebridge, sharebridgeIn } from "./sharebridge.ts";
import { csvOf, dealt } from "./table.ts";

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
  const { source, parameters = {}, privateInputs, slack = DEFAULT_SLACK, noise } = libraryCase;
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
  const model = privateInputs === undefined ? [] : ["--private-inputs", "model.json"];
  if (privateInputs !== undefined) {
    writeFileSync(join(place.folder, "model.json"), JSON.stringify(privateInputs), { mode: 0o600 });
  }
  const asking = ["request", "--market", market, ...params, ...model, "--wait", "--account", "buyer", "--json"];
  const from = performance.now();
  const asked = await sharebridge(...asking);
  const seconds = (performance.now() - from) / 1_000;
  const { requestId, answer } = JSON.parse(asked) as { requestId: string; answer: { figures: AnsweredFigure[] } };
  // Exit code 1 if the proof does not hold.
  await sharebridge("verify", requestId);

  const counts = rowsOfCase(libraryCase);
  const rows = counts.reduce((sum, count) => sum + count, 0);
  const { rounds, bytesSent } = await costOfProgram(program, counts);
  return {
    ...{ program: program.name, source, rows, sellers: SELLERS_OF_A_CASE, seconds, rounds },
    bytesOfBusiestNode: Math.max(...bytesSent),
    judgement: judge(answer.figures, libraryCase.expected(), slack, noise),
  };
}

/** Each seller writes a CSV file of each table, looks at schema and policy, publishes, and joins the market. */
async function publishAll(
  sharebridge: Sharebridge,
  folder: string,
  market: string,
  { table, further = [] }: LibraryCase,
): Promise<void> {
  const policy = await sharebridge("policy", "example", "--market", market);
  writeFileSync(join(folder, "policy.json"), policy);
  for (const [number, each] of [table, ...further].entries()) {
    const files = dealt(each, SELLERS_OF_A_CASE).map((part, seller) => {
      const file = `${SELLERS[seller]!}_${number}.csv`;
      writeFileSync(join(folder, file), csvOf(part));
      return file;
    });
    const schema = `schema_${number}.json`;
    writeFileSync(join(folder, schema), await sharebridge("schema", "infer", files[0]!, "--market", market));
    const consent = ["--schema", schema, "--policy", "policy.json", "--market", market];
    // Each seller publishes one table at a time: their transactions are numbered.
    await Promise.all(
      files.map((file, seller) => sharebridge("publish", file, ...consent, "--account", SELLERS[seller]!)),
    );
  }
}
