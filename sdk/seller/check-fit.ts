import type { TableSchema } from "@sharebridge/algorithms/language/schema.ts";
import { placementOf, tablesOf } from "@sharebridge/algorithms/language/tables.ts";
import { SdkError } from "../errors/sdk-error.ts";
import { checkTerms } from "../network/check-terms.ts";
import { findProgram } from "../network/find-program.ts";
import type { Market } from "../network/open-market.ts";

/**
 * Checks that a table suits the market's program, or one of its tables if it has several; nodes check the same before they give a receipt.
 *
 * @throws SdkError WrongTerms, SchemaDoesNotFit, AmbiguousTable, TooManyRows
 */
export async function checkFit(market: Market, schema: TableSchema, rows: number): Promise<void> {
  const program = await findProgram(market.connection, market.terms.algorithm);
  checkTerms(market, program);
  const placement = placementOf(schema, program);
  if (placement.table === undefined) {
    throw new SdkError(
      placement.code === "AmbiguousTable" ? "AmbiguousTable" : "SchemaDoesNotFit",
      `The schema does not fit the market's program ${program.name}: ${placement.reason}. "sharebridge schema infer FILE --market ADDRESS" proposes one that does.`,
    );
  }
  const { maximumRows } = tablesOf(program)[placement.table];
  if (rows > maximumRows) {
    throw new SdkError(
      "TooManyRows",
      `The table has ${rows} rows; the market's program ${program.name} is proven for at most ${maximumRows}. Publish fewer.`,
    );
  }
}

/**
 * Checks that the pool has room for so many rows; the contract checks the same when the dataset joins.
 *
 * @throws SdkError PoolFull
 */
export async function checkRoom({ contract, terms }: Market, rows: number): Promise<void> {
  const pool = await contract.pool();
  if (pool.rows + BigInt(rows) <= terms.maxRows) return;
  throw new SdkError(
    "PoolFull",
    `The pool has ${pool.rows} rows, the table ${rows}; the market's pool holds at most ${terms.maxRows}. Nothing was registered. Join a market with room.`,
  );
}
