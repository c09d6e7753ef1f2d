import { syntaxErrorAt } from "@sharebridge/algorithms/language/json-syntax.ts";
import { expect } from "chai";
import fc from "fast-check";
import { seed } from "../../support/seed.ts";

describe("syntaxErrorAt", () => {
  it("finds the first token that does not belong where it stands", () => {
    const places: [string, number][] = [
      ["", 0],
      ["  ", 2],
      ["{", 1],
      ["{]", 1],
      ["[1,]", 3],
      ["[1 2]", 3],
      ['{"a":1,}', 7],
      ['{"a" 1}', 4],
      ['{"a":}', 5],
      ["{a:1}", 1],
      ["[01]", 2],
      ["[1.]", 2],
      ["[+1]", 1],
      ["[0x1]", 2],
      ["[NaN]", 1],
      ["[undefined]", 1],
      ['["\u0001"]', 1],
      ['["\\x"]', 1],
      ['["open', 1],
      ["[1]]", 3],
      ["[1] x", 4],
      ["\ufeff1", 0],
      ["'a'", 0],
    ];
    for (const [text, at] of places) {
      expect(() => JSON.parse(text), text).to.throw();
      expect(syntaxErrorAt(text), text).to.equal(at);
    }
  });

  it("reads every JSON text to its end", () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 1, "\t"), (json, indent) => {
        const text = JSON.stringify(JSON.parse(json), null, indent);
        expect(syntaxErrorAt(text)).to.equal(text.length);
      }),
      { seed, numRuns: 1_000 },
    );
  });

  it("points at whatever takes the place of a bracket, comma or colon", () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.nat(),
        fc.array(tie("any")),
        fc.dictionary(fc.constantFrom("a", "b"), tie("any")),
      ),
    })).any;
    fc.assert(
      fc.property(value, fc.nat(), (made, choice) => {
        const text = JSON.stringify(made);
        const places = [...text.matchAll(/[[\]{},:]/g)].map(({ index }) => index);
        if (places.length === 0) return;
        const place = places[choice % places.length]!;
        const at = syntaxErrorAt(`${text.slice(0, place)}?${text.slice(place + 1)}`);
        expect(at, text).to.equal(place);
      }),
      { seed, numRuns: 2_000 },
    );
  });
});
