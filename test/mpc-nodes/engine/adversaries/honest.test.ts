/** The programs of these tests give what they should, by four parties and by three. */
import { PARTIES } from "@sharebridge/mpc-nodes/math/party.ts";
import { expect } from "chai";
import { expectAnswered, inBatches, play } from "../attack-support.ts";
import { alone, everything, OPERATIONS } from "./operations.ts";

describe("programs of the named adversaries", () => {
  it("each operation alone", async () => {
    await inBatches(OPERATIONS, async (name) => {
      const t = performance.now();
      const played = await play(`alone ${name}`, { body: alone(name), receiveMs: 4000 });
      expect(expectAnswered(played), name).to.include({ attempt: 0 });
      const { statistics } = played.outcomes[0]!;
      console.log(name, (performance.now() - t).toFixed(), statistics.rounds, statistics.messagesSent);
    }, {atOnce: 1});
    const played = await play(`all`, { body: everything, receiveMs: 4000 });
      const { statistics } = played.outcomes[0]!;
      console.log("all", statistics.rounds, statistics.messagesSent);
  });

  it("everything, by three", async () => {
    await inBatches(PARTIES, async (culprit) => {
      const t = performance.now();
      const played = await play(`three ${culprit}`, { body: everything, receiveMs: 1000, culprit, attack: { absent: "closed" } });
      expect(expectAnswered(played)).to.include({ attempt: 1 });
      const { statistics } = played.outcomes[(culprit+1)%4]!;
      console.log("three", (performance.now() - t).toFixed(),statistics.rounds, statistics.messagesSent);
    });
  });
  it("each, by three", async () => {
    await inBatches(OPERATIONS, async (name) => {
      const t = performance.now();
      const played = await play(`three ${name}`, { body: alone(name), receiveMs: 1000, culprit: 3, attack: { absent: "closed" } });
      expect(expectAnswered(played)).to.include({ attempt: 1 });
      const { statistics } = played.outcomes[0]!;
      console.log("three", name, (performance.now() - t).toFixed(),statistics.rounds, statistics.messagesSent);
    }, {atOnce: 1});
  });
});
