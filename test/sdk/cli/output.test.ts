import { figureLines } from "@sharebridge/sdk/cli/output.ts";
import { expect } from "chai";

const figure = { name: "a", label: "A", value: 12.345_678 };

describe("figures as a table", () => {
  it("say how far off they may be, and what of it is noise", () => {
    const shown = (more: { error: number; likelyError?: number }) => figureLines([{ ...figure, ...more }]).trimEnd();
    expect(shown({ error: 0 })).to.equal("  A  12.345678  exact");
    expect(shown({ error: 0.0001 })).to.equal("  A  12.345678  ± 1.0e-4");
    expect(shown({ error: 0, likelyError: 21 })).to.equal("  A  12.3  ± 2.1e+1 in 95 answers of 100, by noise");
    expect(shown({ error: 0.01, likelyError: 2.5 })).to.equal(
      "  A  12.35  ± 2.5e+0 in 95 answers of 100, by noise (± 1.0e-2 without the noise)",
    );
    expect(shown({ error: 0.5, likelyError: Number.POSITIVE_INFINITY })).to.equal(
      "  A  12.346  noise may make it mean nothing (± 5.0e-1 without the noise)",
    );
  });
});
