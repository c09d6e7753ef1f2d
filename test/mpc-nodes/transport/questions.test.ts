import { expect } from "chai";
import { createMemoryTransports } from "../../../mpc-nodes/transport/memory.ts";
import { Questions } from "../../../mpc-nodes/transport/questions.ts";
import { questionsSuite } from "../../suites/questions.suite.ts";
import { createTlsTransports } from "./support.ts";

questionsSuite("in memory", async (options) => createMemoryTransports(options));
questionsSuite("over TLS", createTlsTransports);

describe("answers", () => {
  it("count only from who was asked, once; what is no answer is a violation", async () => {
    const ids: string[] = [];
    const questions = new Questions({
      party: 0,
      timeoutMs: 5_000,
      isConnected: () => true,
      sendFrame: (_to, _kind, id) => ids.push(id),
      onQuestion: () => undefined,
    });
    const answer = questions.ask(1, Uint8Array.of(1), 8);
    const frame = { kind: "answer", sessionId: ids[0], body: Uint8Array.of(0, 42) } as const;
    expect(questions.accept(2, frame)).to.equal(true);
    expect(() => questions.accept(1, { ...frame, body: Uint8Array.of(9) }))
      .to.throw()
      .with.property("code", "MalformedFrame");
    questions.accept(1, { ...frame, body: Uint8Array.of(0, 7) });
    questions.accept(1, frame);
    expect([...(await answer)]).to.deep.equal([7]);
    expect(questions.accept(1, { ...frame, kind: "close" })).to.equal(false);
  });
});
