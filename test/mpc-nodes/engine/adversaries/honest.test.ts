/** What the adversaries disturb is right by itself: each operation, and all of them side by side, by four parties and by any three. */
import { PARTIES } from "@sharebridge/mpc-nodes/math/party.ts";
import { expect } from "chai";
import { expectAnswered, inBatches, play } from "../stage.ts";
import { alone, everything, OPERATIONS } from "./operations.ts";
import { AT_ONCE, BRIEF_MS, PATIENT_MS } from "./support.ts";

describe("programs of the named adversaries", () => {
  it("each operation, by four", async () => {
    await inBatches(
      OPERATIONS,
      async (name) => {
        const played = await play(`honest ${name}`, { body: alone(name), receiveMs: PATIENT_MS });
        expect(expectAnswered(played), name).to.include({ attempt: 0 });
        expect(played.hooks.flatMap(({ evidence }) => evidence)).to.deep.equal([]);
      },
      AT_ONCE,
    );
  });

  it("all of them, by four, and by three without each seat", async () => {
    const all = await play("honest all", { body: everything, receiveMs: PATIENT_MS });
    expect(expectAnswered(all)).to.include({ attempt: 0 });
    await inBatches(PARTIES, async (culprit) => {
      const attack = { absent: "closed" } as const;
      const played = await play(`honest ${culprit}`, { body: everything, receiveMs: BRIEF_MS, culprit, attack });
      expect(expectAnswered(played)).to.include({ attempt: 1, excluded: culprit });
    });
  });
});
