/** What every transport must do with questions outside of sessions; run in memory and over TLS. */
import { expect } from "chai";
import type { PartyId } from "../../mpc-nodes/math/party.ts";
import type { Transport } from "../../mpc-nodes/transport/transport.ts";
import { MAX_ANSWER_BYTES, MAX_OPEN_QUESTIONS_PER_PEER, MAX_QUESTION_BYTES } from "../../mpc-nodes/wire/limits.ts";
import { type CreateTransports, idOf, openAll, rejection, type TransportsOptions } from "./network-support.ts";

const never = () => new Promise<Uint8Array>(() => {});

export function questionsSuite(name: string, create: CreateTransports): void {
  describe(`${name}: questions`, () => {
    let transports: Transport[] = [];

    async function start(options?: TransportsOptions): Promise<void> {
      transports = await create(options);
      await openAll(transports, idOf(1));
    }
    afterEach(async () => {
      await Promise.all(transports.map((transport) => transport.close()));
    });

    it("are answered by who was asked, who knows the asker by its connection", async () => {
      await start();
      const heard: [number[], PartyId][] = [];
      transports[2].onQuestion = async (question, from) => {
        heard.push([[...question], from]);
        return Uint8Array.of(...question, from);
      };
      const answers = await Promise.all(
        ([0, 1, 3] as const).map((from) => transports[from].ask(2, Uint8Array.of(7, from), 3)),
      );
      expect(answers.map((answer) => [...answer])).to.deep.equal([
        [7, 0, 0],
        [7, 1, 1],
        [7, 3, 3],
      ]);
      expect(heard.sort(([, a], [, b]) => a - b)).to.deep.equal([
        [[7, 0], 0],
        [[7, 1], 1],
        [[7, 3], 3],
      ]);
    });

    it("take the longest answer, and none that is longer than was asked for", async () => {
      await start();
      const longest = new Uint8Array(MAX_ANSWER_BYTES).fill(5);
      transports[1].onQuestion = async ([kind]) => (kind === 1 ? longest : Uint8Array.of(1, 2, 3));
      const answer = await transports[0].ask(1, Uint8Array.of(1), MAX_ANSWER_BYTES);
      expect(Buffer.compare(answer, longest)).to.equal(0);
      await rejection(transports[0].ask(1, Uint8Array.of(2), 2), "ProtocolViolation");
      transports[1].onQuestion = async () => new Uint8Array(MAX_ANSWER_BYTES + 1);
      await rejection(transports[0].ask(1, Uint8Array.of(1), MAX_ANSWER_BYTES), "QuestionRefused");
    });

    it("are refused without a word about why", async () => {
      await start();
      await rejection(transports[0].ask(1, Uint8Array.of(1), 8), "QuestionRefused");
      transports[1].onQuestion = () => Promise.reject(new Error("a reason of its own"));
      const error = await rejection(transports[0].ask(1, Uint8Array.of(1), 8), "QuestionRefused");
      expect(error.message).not.to.contain("reason");
      expect(error).to.have.property("peer", 1);
    });

    it("are bounded in number, on either side", async () => {
      await start();
      transports[1].onQuestion = never;
      const open = Array.from({ length: MAX_OPEN_QUESTIONS_PER_PEER }, () =>
        transports[0].ask(1, Uint8Array.of(1), 8).catch(() => {}),
      );
      await rejection(transports[0].ask(1, Uint8Array.of(1), 8), "QuestionsBusy");
      transports[2].onQuestion = async () => Uint8Array.of(1);
      expect(await transports[0].ask(2, Uint8Array.of(1), 8)).to.have.length(1);
      await transports[0].close();
      await Promise.all(open);
    });

    it("end by name when the peer is silent, is lost, or this side closes", async () => {
      await start({ timeouts: { receiveMs: 30 } });
      transports[1].onQuestion = never;
      await rejection(transports[0].ask(1, Uint8Array.of(1), 8), "PeerSilent");
      await Promise.all(transports.map((transport) => transport.close()));

      await start();
      for (const transport of transports) transport.onQuestion = never;
      const lost = rejection(transports[0].ask(1, Uint8Array.of(1), 8), "ConnectionLost");
      await transports[1].close();
      await lost;
      await rejection(transports[0].ask(1, Uint8Array.of(1), 8), "PeerUnreachable");
      const closed = rejection(transports[0].ask(2, Uint8Array.of(1), 8), "TransportClosed");
      await transports[0].close();
      await closed;
      await rejection(transports[0].ask(2, Uint8Array.of(1), 8), "TransportClosed");
    });

    it("are not sent when they are too long, or to nobody", async () => {
      await start();
      await rejection(transports[0].ask(0, Uint8Array.of(1), 8), "InvalidArgument");
      await rejection(transports[0].ask(4 as PartyId, Uint8Array.of(1), 8), "InvalidArgument");
      await rejection(transports[0].ask(1, new Uint8Array(), 8), "InvalidArgument");
      await rejection(transports[0].ask(1, new Uint8Array(MAX_QUESTION_BYTES + 1), 8), "InvalidArgument");
      await rejection(transports[0].ask(1, Uint8Array.of(1), MAX_ANSWER_BYTES + 1), "InvalidArgument");
    });
  });
}
