/** What decides whether the demo passed: figures, proof and money, each against what it must be. No chain, no processes. */
import type { ComparedFigure, Escrow, Report } from "./report.ts";

/** A figure as the buyer reads it; `value` is absent where it is not defined. */
export interface AnsweredFigure {
  readonly name: string;
  readonly label: string;
  readonly value?: number | undefined;
  readonly error?: number | undefined;
}

/** Each figure of the answer next to the one computed in the clear. Throws when there is nothing to compare one with. */
export function compare(answered: readonly AnsweredFigure[], clear: ReadonlyMap<string, number>): ComparedFigure[] {
  return answered.map(({ name, label, value = Number.NaN, error = 0 }) => {
    const expected = clear.get(name);
    if (expected === undefined) throw new Error(`nothing to compare the figure ${name} with`);
    // The yardstick is in double precision: a few units in its last place are its own.
    const slack = Math.abs(expected) * 1e-12;
    const withinDeclaredError = Math.abs(value - expected) <= error + slack;
    return { name, label, answer: value, clear: expected, declaredError: error, withinDeclaredError };
  });
}

/** The market's own books (`IDataMarket.accounts`). */
export interface Books {
  readonly openEscrow: bigint;
  readonly sellersUnclaimed: bigint;
  readonly balances: bigint;
  readonly dust: bigint;
}

/** What the money is judged by after one settlement, in the token's smallest unit. */
export interface Money {
  readonly price: bigint;
  readonly payouts: readonly { readonly amount: bigint }[];
  /** The market's balance of the token. */
  readonly heldByMarket: bigint;
  readonly books: Books;
  readonly sellers: number;
}

/** Compares what was paid in with what was paid out and what the market still holds, by its token balance and its own books. */
export function judgeEscrow({ price, payouts, heldByMarket, books, sellers }: Money): Escrow {
  const paidOut = payouts.reduce((sum, { amount }) => sum + amount, 0n);
  const dust = heldByMarket;
  const booksAgree = books.openEscrow + books.sellersUnclaimed + books.balances + books.dust === heldByMarket;
  // Less than one unit per seller is left after one settlement: the floors of their shares.
  const isDust = dust <= BigInt(sellers);
  return { price, paidOut, dust, heldByMarket, allAccountedFor: paidOut + dust === price && booksAgree && isDust };
}

type Judged = Pick<Report, "figures" | "proofValid" | "escrow">;

/** All that is wrong, in words; empty when the demo passed. */
export function failures({ figures, escrow, proofValid }: Judged): string[] {
  return [
    ...(figures.length === 0 ? ["the answer has no figures"] : []),
    ...figures.filter((figure) => !figure.withinDeclaredError).map(({ label }) => `${label} is outside its error`),
    ...(proofValid ? [] : ["the proof does not hold"]),
    ...(escrow.allAccountedFor ? [] : ["money is missing from the escrow"]),
  ];
}

export const hasPassed = (judged: Judged): boolean => failures(judged).length === 0;
