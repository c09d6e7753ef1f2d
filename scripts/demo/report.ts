/** What the demo found, as it is printed and as `--json` writes it. Amounts in the token's smallest unit. */

/** One of the eight steps of the design, as it happened. */
export interface Step {
  readonly number: number;
  readonly title: string;
  /** Null where the step is part of the transaction of the step before. */
  readonly milliseconds: number | null;
  /** Of the step's own transactions; null where it makes none of its own. */
  readonly gas: bigint | null;
  readonly details: readonly string[];
}

export interface ComparedFigure {
  readonly name: string;
  readonly label: string;
  readonly answer: number;
  readonly clear: number;
  /** Bound on |answer - exact figure| that follows from the program. */
  readonly declaredError: number;
  readonly withinDeclaredError: boolean;
}

export interface Payout {
  readonly party: string;
  readonly role: "seller" | "author" | "node" | "market owner";
  readonly amount: bigint;
}

/** Where the buyer's money is at the end. `price` = sum of payouts + `dust`, or money is missing. */
export interface Escrow {
  readonly price: bigint;
  readonly paidOut: bigint;
  /** Below one unit per dataset and settlement; stays in the market and is divided with the next settlement. */
  readonly dust: bigint;
  readonly heldByMarket: bigint;
  readonly allAccountedFor: boolean;
}

export interface Report {
  readonly requestId: string;
  readonly rows: number;
  readonly steps: readonly Step[];
  readonly figures: readonly ComparedFigure[];
  readonly payouts: readonly Payout[];
  readonly escrow: Escrow;
  readonly oracleFeeJuels: bigint;
  /** Checks of `verify`: the answer's proof, from the chain alone. */
  readonly proofValid: boolean;
  readonly milliseconds: number;
  readonly passed: boolean;
}

/** Big integers become decimal strings: JSON numbers would round them. */
export function reportAsJson(report: Report): string {
  return `${JSON.stringify(report, (_, value) => (typeof value === "bigint" ? value.toString() : value), 2)}\n`;
}
