/** What an operator reads before approving a program: its text, what it discloses, what it costs this node. */
import { disclosureStatement } from "@sharebridge/algorithms/language/disclosure.ts";
import { decodeProgram, programHash } from "@sharebridge/algorithms/language/encode.ts";
import { printProgram } from "@sharebridge/algorithms/language/print.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { costOf as costOfOperation } from "../protocol/cost.ts";
import { type CostTable, costOf } from "../vm/cost.ts";

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
export function reviewProgram(bytes: Uint8Array): Review {
  const program = decodeProgram(bytes);
  // Printing analyses: what cannot be proven is refused here.
  const sections = [printProgram(program), disclosureStatement(program), costText(program)];
  const encoding = new TextDecoder().decode(bytes);
  return {
    hash: programHash(bytes),
    program,
    encoding,
    text: sections.map((section) => section.trimEnd()).join("\n\n"),
  };
}

/** What the protocol declares for each interactive operation, all four parties together. */
const operation = (name: keyof CostTable): CostTable[keyof CostTable] => ({
  rounds: costOfOperation(name, 1).rounds,
  bytes: (lengths) => {
    // A dot product costs the same however long its columns are.
    const rows = name === "dot" ? lengths.length : lengths.reduce((sum, length) => sum + length, 0);
    return costOfOperation(name, rows).bytesSent.reduce((sum, bytes) => sum + bytes, 0);
  },
});

const table: CostTable = { multiply: operation("multiply"), dot: operation("dot"), truncate: operation("truncate") };

function costText(program: Program): string {
  const counts = [...EXAMPLE_ROWS.filter((rows) => rows < program.maximumRows), program.maximumRows];
  const lines = counts.map((rows) => {
    const { rounds, bytes } = costOf(program, rows, table);
    return `  ${rows} rows: ${rounds} rounds, ${bytes} bytes sent by the four nodes together`;
  });
  return ["Cost of its instructions in one computation:", ...lines].join("\n");
}
