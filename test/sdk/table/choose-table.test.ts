import { programHash } from "@sharebridge/algorithms/language/encode.ts";
import { privacyTermsOf } from "@sharebridge/algorithms/language/market-terms.ts";
import { tablesOf } from "@sharebridge/algorithms/language/tables.ts";
import { joinedStatistics } from "@sharebridge/algorithms/library/joined-statistics.ts";
import { payGap } from "@sharebridge/algorithms/library/pay-gap.ts";
import type { SdkError } from "@sharebridge/sdk/errors/sdk-error.ts";
import type { Market } from "@sharebridge/sdk/network/open-market.ts";
import { checkFit } from "@sharebridge/sdk/seller/check-fit.ts";
import { chooseTable } from "@sharebridge/sdk/table/choose-table.ts";
import { inferSchema } from "@sharebridge/sdk/table/infer-schema.ts";
import type { Table } from "@sharebridge/sdk/table/table.ts";
import { expect } from "chai";
import { rejection } from "../support/rejection.ts";

const table = (...header: string[]): Table => ({ header, rows: [header.map(() => "12")] });

describe("choosing a program's table", () => {
  const codeOf = (file: Table): string => {
    try {
      return String(chooseTable(joinedStatistics, file));
    } catch (error) {
      return (error as SdkError).code;
    }
  };

  it("takes the one all of whose columns the file has, however its headers are written", () => {
    expect(codeOf(table("Person", "Wage"))).to.equal("0");
    expect(codeOf(table("note", "Education level", "person"))).to.equal("1");
  });

  it("refuses a file of two tables or of none, saying what is missing", () => {
    expect(codeOf(table("person", "wage", "education_level"))).to.equal("AmbiguousTable");
    expect(codeOf(table("person", "age"))).to.equal("MissingColumn");
    expect(() => chooseTable(joinedStatistics, table("person", "age"))).to.throw(
      "the main table also asks for wage; table education also asks for education_level",
    );
  });

  it("leaves a program of one table to the encoding", () => {
    expect(chooseTable(payGap, table("anything"))).to.equal(0);
  });
});

describe("the fit of a schema to a market of several tables", () => {
  const market = {
    connection: { programSource: async () => null },
    terms: { algorithm: programHash(joinedStatistics), ...privacyTermsOf(joinedStatistics) },
  } as unknown as Market;
  const [main, education] = tablesOf(joinedStatistics).map(({ columns }) => [...columns]);

  it("is to one of them, and within its rows", async () => {
    const wanted = { wanted: main! };
    const { schema } = inferSchema(table("person", "wage", "education_level"), wanted);
    await checkFit(market, schema, 1_000_000);
    await checkFit(market, { columns: education! }, 3);
    expect(await rejection(checkFit(market, { columns: education! }, 1_000_001))).to.have.property(
      "code",
      "TooManyRows",
    );
  });

  it("is refused to two of them, and to none", async () => {
    const both = { columns: [...main!, education![1]!] };
    expect(await rejection(checkFit(market, both, 3))).to.have.property("code", "AmbiguousTable");
    expect(await rejection(checkFit(market, { columns: [main![0]!] }, 3))).to.have.property("code", "SchemaDoesNotFit");
  });
});
