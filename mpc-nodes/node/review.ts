/** What an operator reads before approving a program: its text, what it discloses, what it costs this node. */
import { disclosureStatement } from "@sharebridge/algorithms/language/disclosure.ts";
import { decodeProgram, programHash } from "@sharebridge/algorithms/language/encode.ts";
import { printProgram } from "@sharebridge/algorithms/language/print.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { largestRows } from "@sharebridge/algorithms/language/tables.ts";
import { costOfProgram } from "../vm/cost.ts";

export interface Review {
  readonly hash: string;
  readonly program: Program;
  /** Canonical encoding, as it is stored. */
  readonly encoding: string;
  /** For the operator to read. */
  readonly text: string;
}

/** Row counts at which the cost is shown, up to the program's maximum. */
const EXAMPLE_ROWS = [1_000, 100_000, 10_000_000];

/** Throws a `ProgramError` for what is no program, or one that is not proven free of overflow. */
export async function reviewProgram(bytes: Uint8Array): Promise<Review> {
  const program = decodeProgram(bytes);
  // Printing analyses: what cannot be proven is refused here.
  const sections = [printProgram(program), disclosureStatement(program), await costText(program)];
  const encoding = new TextDecoder().decode(bytes);
  return {
    hash: programHash(bytes),
    program,
    encoding,
    text: sections.map((section) => section.trimEnd()).join("\n\n"),
  };
}

async function costText(program: Program): Promise<string> {
  const most = Math.max(...largestRows(program));
  const counts = [...EXAMPLE_ROWS.filter((rows) => rows < most), most].map((rows) => largestRows(program, rows));
  const lines = await Promise.all(
    counts.map(async (rows) => {
      const { rounds, bytesSent } = await costOfProgram(program, rows);
      const bytes = bytesSent.reduce((sum, each) => sum + each, 0);
      const most = Math.max(...bytesSent);
      return `  ${rows.join(" and ")} rows: ${rounds} rounds, ${bytes} bytes sent by the four nodes together, ${most} at most by one`;
    }),
  );
  return ["Cost of its instructions in one computation:", ...lines].join("\n");
}
