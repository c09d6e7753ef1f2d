import { fileURLToPath } from "node:url";
import { type Definition, type Tracer, trace } from "@sharebridge/algorithms/language/builder.ts";
import { ProgramError, ValueError } from "@sharebridge/algorithms/language/errors.ts";
import { histogramOf } from "@sharebridge/algorithms/library/index.ts";
import { expect } from "chai";

const here = fileURLToPath(import.meta.url);

/** Line of this file from which it is called, by a way of its own. */
function lineOf(mark: Error): number {
  return Number(/call-site\.test\.ts:(\d+):/.exec((mark.stack ?? "").split("\n").slice(1).join("\n"))![1]);
}

describe("the site of an error", () => {
  const wage = { name: "wage", kind: "number", fractionBits: 30, minimum: "0", maximum: "1000" } as const;
  const definition: Definition = { name: "test", description: "Test.", columns: [wage], maximumRows: 1_000_000 };
  let line = 0;
  const caught = (body: (t: Tracer) => void): { code: string; line: number | undefined; file: string } => {
    try {
      trace(definition, body);
    } catch (error) {
      if (!(error instanceof ProgramError || error instanceof ValueError)) throw error;
      return { code: error.code, line: error.site?.line, file: fileURLToPath(error.site!.file) };
    }
    throw new Error("it was traced");
  };

  it("is the call that recorded the operation, although the analysis comes later", () => {
    const found = caught((t) => {
      const x = t.input("wage");
      line = lineOf(new Error()) + 1;
      const square = t.multiply(x, x);
      t.output("sum", t.sum(square));
    });
    expect(found).to.deep.equal({ code: "Overflow", line, file: here });
  });

  it("is the call that does not fit, for what is refused at once", () => {
    const mixed = caught((t) => {
      line = lineOf(new Error()) + 1;
      t.add(t.input("wage"), t.rows());
    });
    expect(mixed).to.deep.equal({ code: "MixedScales", line, file: here });
    const notANumber = caught((t) => {
      line = lineOf(new Error()) + 1;
      t.constant("much", 0);
    });
    expect(notANumber).to.deep.equal({ code: "NotANumber", line, file: here });
    const column = caught((t) => {
      line = lineOf(new Error()) + 1;
      t.output("all", t.input("wage") as never);
    });
    expect(column).to.deep.equal({ code: "OutputNotSecretScalar", line, file: here });
  });

  it("is the author's call of the library, not a line of the library", () => {
    const inexact = () => {
      line = lineOf(new Error()) + 1;
      return histogramOf({ name: "h", column: wage, edges: ["0.1"], maximumRows: 10 });
    };
    expect(inexact)
      .to.throw(ProgramError)
      .that.satisfies(({ code, site }: ProgramError) => {
        expect([code, site?.line, fileURLToPath(site!.file)]).to.deep.equal(["InexactConstant", line, here]);
        return true;
      });
  });
});
