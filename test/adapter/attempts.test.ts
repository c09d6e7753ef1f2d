import { expect } from "chai";
import { AbiCoder, id, Wallet } from "ethers";
import { honestAnswer, signedBy, signers } from "./support/committee.ts";
import { type Behaviour, honestResult, otherResult } from "./support/fake-node.ts";
import { reply } from "./support/http.ts";
import { chainId } from "./support/market.ts";
import { misbehaviours, withHighS } from "./support/misbehaviours.ts";
import { Setting } from "./support/setting.ts";

const setting = new Setting();

interface Report {
  readonly attempt?: number;
  readonly activeSet?: number;
  readonly result?: string;
  /** Seats whose signatures the node shows besides its own. */
  readonly peers?: readonly number[];
  readonly final?: boolean;
  /** What it shows instead of, or besides, true signatures. */
  readonly forge?: (own: string, peers: Peer[]) => Peer[] | Promise<Peer[]>;
}
type Peer = { seat: number; signature: string };

/** A node that has signed in an attempt. */
function reporting({
  attempt = 0,
  activeSet = 15,
  result = honestResult,
  peers = [],
  final,
  forge,
}: Report): Behaviour {
  return async (node, requestId, response) => {
    const answer = { ...honestAnswer(requestId, result), attempt, activeSet };
    const domain = { chainId, market: node.market };
    const bySeat = (seat: number) => signedBy(signers[seat], seat, domain, answer, result);
    const own = await bySeat(node.seat);
    const signatures = await Promise.all(
      peers.map(async (seat) => ({ seat, signature: (await bySeat(seat)).signature })),
    );
    const shown = (await forge?.(own.signature, signatures)) ?? signatures;
    const ending = final === undefined ? {} : { final };
    reply(response, 200, { requestId, state: "signed", answer: { ...own, signatures: shown }, ...ending });
  };
}

const failed =
  (code: string): Behaviour =>
  (_node, requestId, response) =>
    reply(response, 200, { requestId, state: "failed", error: { code, message: "…" } });
const computing: Behaviour = (_node, requestId, response) => reply(response, 200, { requestId, state: "computing" });
/** The first behaviours once each, then the last for good. */
const inTurn =
  (...behaviours: Behaviour[]): Behaviour =>
  (node, requestId, response) =>
    behaviours[Math.min(node.questions, behaviours.length) - 1]!(node, requestId, response);
const times = (count: number, behaviour: Behaviour) => Array.from({ length: count }, () => behaviour);

/** Attempt and signers of a proof, as the market reads them. */
function inside(proof: string): { attempt: number; seats: number } {
  const request =
    "tuple(uint64,address,bytes32,bytes32,bytes32,bytes32,uint64,uint64,bytes32,uint64,uint96,uint64,address,uint32)";
  const answer = "tuple(bytes32,uint8,bytes32,uint64,uint32,uint8,uint16)";
  const types = ["address", `tuple(${request},${answer},uint8,bytes)`];
  const [, [, decoded, seats]] = AbiCoder.defaultAbiCoder().decode(types, proof);
  return { attempt: Number(decoded[4]), seats: Number(seats) };
}

describe("adapter: attempts that fail, and signatures that reach it by way of peers", () => {
  before(() => setting.open());
  afterEach(() => setting.closeAdapters());
  after(() => setting.close());

  /** Delivers what the adapter gives to the market. */
  async function delivered(...behaviours: Behaviour[]) {
    setting.nodesAre(...behaviours);
    const requestId = await setting.market.request();
    const { status, body } = await (await setting.adapter()).ask(requestId);
    expect(status, JSON.stringify(body)).to.equal(200);
    await setting.market.direct.deliver(requestId, body.data.result, body.data.proof);
    return inside(body.data.proof);
  }
  async function refused(behaviours: Behaviour[], environment = {}): Promise<{ name: string; message: string }> {
    setting.nodesAre(...behaviours);
    const { status, body } = await (await setting.adapter(environment)).ask(await setting.market.request());
    expect(status).to.be.oneOf([502, 504]);
    return body.error;
  }

  it("takes a signature that a corrupt node keeps back from it, and has given to a peer", async () => {
    const proof = await delivered(
      failed("Aborted"),
      failed("AnsweredByPeers"),
      reporting({ peers: [0, 3] }),
      reporting({}),
    );
    expect(proof).to.deep.equal({ attempt: 0, seats: 0b1101 });
  });

  it("takes all three from one node", async () => {
    const { garbage, gone } = {
      garbage: misbehaviours["sends something else than JSON"]!,
      gone: misbehaviours["cuts the connection"]!,
    };
    const proof = await delivered(garbage, gone, gone, reporting({ peers: [0, 1, 2] }));
    expect(proof).to.deep.equal({ attempt: 0, seats: 0b1011 });
  });

  it("waits for a node that may have them, though two others have failed and one is alone", async () => {
    const proof = await delivered(
      failed("NoAnswer"),
      failed("ExcludedFromAttempt"),
      inTurn(...times(20, computing), reporting({ peers: [0, 3] })),
      reporting({}),
    );
    expect(proof.seats).to.equal(0b1101);
  });

  it("counts no peer's signature that is forged, and no seat twice", async () => {
    const stranger = new Wallet(id("stranger"));
    const forgeries: Record<string, NonNullable<Report["forge"]>> = {
      "its own under other seats": (own) => [1, 2, 3].map((seat) => ({ seat, signature: own })),
      "its own again and again": (own) => [0, 0, 0, 0].map((seat) => ({ seat, signature: own })),
      "a peer's twice": (_own, [peer]) => [peer!, peer!],
      "two peers' exchanged": (_own, [a, b]) => [
        { seat: a!.seat, signature: b!.signature },
        { seat: b!.seat, signature: a!.signature },
      ],
      "peers' with high s": (_own, peers) =>
        peers.map(({ seat, signature }) => ({ seat, signature: withHighS(signature) })),
      "a stranger's": async () =>
        Promise.all([1, 2].map(async (seat) => ({ seat, signature: await stranger.signMessage("any") }))),
      "seats that there are not": (own) => [4, 5, 255].map((seat) => ({ seat, signature: own })),
      "bytes that are no signature": () => [1, 2].map((seat) => ({ seat, signature: `0x${"ff".repeat(65)}` })),
      "what is no bytes": () => [{ seat: 1, signature: "0x12" }],
      "more than there are seats": (_own, peers) => [...peers, ...peers, ...peers],
    };
    for (const [what, forge] of Object.entries(forgeries)) {
      const alone = [reporting({ peers: [1, 2], forge }), ...times(3, failed("NoAnswer"))];
      const { name, message } = await refused(alone);
      expect(name, what).to.equal("NoAgreement");
      expect(message, what).to.match(/signatures per digest: (none|0x[0-9a-f]{8}… [12]);/);
    }
  });

  it("answers in spite of a forged report, and does not take its forgeries over true ones", async () => {
    const forge = (own: string) => [1, 2, 3].map((seat) => ({ seat, signature: own }));
    const honest = inTurn(computing, reporting({}));
    const proof = await delivered(reporting({ forge }), honest, honest, failed("NoAnswer"));
    expect(proof.seats).to.equal(0b0111);
  });

  it("takes peers' true signatures also from a node whose own does not hold", async () => {
    const own: Behaviour = async (node, requestId, response) => {
      const answer = honestAnswer(requestId, honestResult);
      const domain = { chainId, market: node.market };
      const peers = await Promise.all(
        [1, 2, 3].map((seat) => signedBy(signers[seat], seat, domain, answer, honestResult)),
      );
      const signatures = peers.map(({ seat, signature }) => ({ seat, signature }));
      const signature = `0x${"ff".repeat(65)}`;
      reply(response, 200, { requestId, state: "signed", answer: { ...peers[0], seat: 0, signature, signatures } });
    };
    const proof = await delivered(own, ...times(3, computing));
    expect(proof.seats).to.equal(0b1110);
  });

  it("goes on asking while a later attempt may follow, and delivers the one that is complete", async () => {
    const three = { attempt: 1, activeSet: 0b1011 };
    const first = reporting({ final: false });
    const later = inTurn(first, first, computing, first, reporting({ ...three, final: false }), reporting(three));
    const proof = await delivered(
      later,
      later,
      failed("ExcludedFromAttempt"),
      inTurn(...times(6, computing), reporting(three)),
    );
    expect(proof).to.deep.equal({ attempt: 1, seats: 0b1011 });
  });

  it("delivers an earlier attempt when that one is complete, though a node has gone on", async () => {
    const gone = inTurn(reporting({ final: false }), reporting({ attempt: 1, activeSet: 0b0111, final: false }));
    const late = inTurn(...times(8, computing), reporting({}));
    const proof = await delivered(gone, reporting({}), late, failed("Aborted"));
    expect(proof).to.deep.equal({ attempt: 0, seats: 0b0111 });
  });

  it("counts no seat that the answer's active set leaves out, whoever shows its signature", async () => {
    const three = { attempt: 1, activeSet: 0b1110 };
    const withExcluded = reporting({ ...three, peers: [0], final: false });
    const last = inTurn(...times(8, computing), reporting(three));
    const proof = await delivered(reporting(three), withExcluded, withExcluded, last);
    expect(proof).to.deep.equal({ attempt: 1, seats: 0b1110 });
  });

  it("makes no proof of signatures over different attempts", async () => {
    const first = reporting({});
    const second = reporting({ attempt: 1, activeSet: 0b1101 });
    const { name, message } = await refused([first, first, second, second]);
    expect(name).to.equal("NoAgreement");
    expect(message).to.match(/signatures per digest: 0x[0-9a-f]{8}… 2, 0x[0-9a-f]{8}… 2$/);
  });

  it("makes none of two results in one attempt, with whatever peers' signatures", async () => {
    const lie = reporting({ result: otherResult, peers: [0] });
    const truth = reporting({ peers: [3] });
    const { message } = await refused([lie, lie, truth, failed("NoAnswer")]);
    expect(message).to.match(/signatures per digest: 0x[0-9a-f]{8}… 2, 0x[0-9a-f]{8}… 2;/);
  });

  it("gives up at once when three nodes have failed: two of these are honest and have not signed", async () => {
    const { name, message } = await refused([...times(3, failed("NoAnswer")), computing]);
    expect(name).to.equal("NoAgreement");
    expect(message).to.include("seat 0: its computation failed (NoAnswer)").and.include("seat 3: not done yet");
  });

  it("gives a node that changes its answer without end no more work than twelve reports", async () => {
    const endless: Behaviour = (node, requestId, response) =>
      reporting({ attempt: node.questions, final: false })(node, requestId, response);
    const slow = inTurn(...times(40, computing), reporting({}));
    const proof = await delivered(endless, slow, slow, slow);
    expect(proof.seats).to.equal(0b1110);
    expect(setting.nodes[0]!.questions).to.equal(13);
  });

  it("looks no closer at a report that has not changed, and says so when the time is over", async () => {
    const same = reporting({ final: false });
    const { name, message } = await refused([same, same, computing, computing], { COMPUTATION_TIMEOUT_MS: "400" });
    expect(name).to.equal("ComputationTimeout");
    expect(message).to.match(/signatures per digest: 0x[0-9a-f]{8}… 2; seat 0: not done yet/);
    expect(setting.nodes[0]!.questions).to.be.above(13);
  });
});
