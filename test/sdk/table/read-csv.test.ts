import { readCsv } from "@sharebridge/sdk/table/read-csv.ts";
import { expect } from "chai";
import { rejection } from "../support/rejection.ts";

async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

describe("readCsv", () => {
  it("reads header and rows, quotes, a byte order mark and empty lines", async () => {
    const table = await readCsv('\ufeffname,wage\n"Ann, ""A""",5.1\n\nBob,6\n');
    expect(table.header).to.deep.equal(["name", "wage"]);
    expect(table.rows).to.deep.equal([
      ['Ann, "A"', "5.1"],
      ["Bob", "6"],
    ]);
  });

  it("reads cells with one of the texts for missing values as empty, and no others", async () => {
    const text = 'wage,note\nNA,NA \n" -999 ",na\n999,NAN\n';
    expect((await readCsv(text, { missing: ["NA", "-999"] })).rows).to.deep.equal([
      ["", ""],
      ["", "na"],
      ["999", "NAN"],
    ]);
    expect((await readCsv(text)).rows[0]).to.deep.equal(["NA", "NA "]);
  });

  it("gives the same table however the bytes are cut, also inside a character", async () => {
    const text = `id,größe\n${Array.from({ length: 300 }, (_, i) => `${i},"ä${i}"`).join("\r\n")}\r\n`;
    const whole = await readCsv(text);
    expect(whole.rows).to.have.length(300);
    expect(await readCsv(inPieces(text, 7))).to.deep.equal(whole);
    expect(await readCsv(inPieces(text, 1))).to.deep.equal(whole);
  });

  it("waits for a parser that is slower than its source", async () => {
    const text = `a,b\n${"1,2\n".repeat(50_000)}`;
    expect((await readCsv(inPieces(text, 1_000))).rows).to.have.length(50_000);
  });

  const refused: [string, string, string, RegExp][] = [
    ["an empty file", "", "EmptyFile", /is empty/],
    ["a header without rows", "a,b\n", "EmptyFile", /no rows/],
    ["a row of another length", "a,b\n1,2\n1,2,3\n", "MalformedCsv", /^Row 2 has 3 cells, the header has 2/],
    ["an open quote", 'a,b\n1,"2\n3,4\n', "MalformedCsv", /never closed/],
    ["text after a closing quote", 'a,b\n1,"2"x\n', "MalformedCsv", /row 1.*after a closing quote/],
    ["a header named twice", "a,a\n1,2\n", "AmbiguousColumn", /"a" twice/],
    ["too many columns", `${Array.from({ length: 257 }, (_, i) => `c${i}`).join(",")}\n`, "TooManyColumns", /257/],
    ["an endless row", `a\n"${"x".repeat(1_100_000)}`, "MalformedCsv", /longer than 1048576 bytes/],
  ];
  for (const [what, text, code, sentence] of refused) {
    it(`refuses ${what}`, async () => {
      const error = await rejection(readCsv(text));
      expect(error.code).to.equal(code);
      expect(error.message).to.match(sentence);
    });
  }

  it("stops reading at the first row too many", async () => {
    let pulled = 0;
    async function* endless() {
      yield "a\n";
      for (;;) {
        pulled += 1;
        yield "1\n".repeat(10);
      }
    }
    const error = await rejection(readCsv(endless(), { maximumRows: 100 }));
    expect(error.code).to.equal("TooManyRows");
    expect(error.message).to.match(/more than 100 rows/);
    expect(pulled).to.be.lessThan(20);
  });

  it("passes on the failure of its source", async () => {
    async function* broken() {
      yield "a\n1\n";
      throw new Error("disk gone");
    }
    const error = await readCsv(broken()).catch((reason) => reason as Error);
    expect((error as Error).message).to.equal("disk gone");
  });
});
