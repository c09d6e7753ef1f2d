import { concatenateBytes } from "@sharebridge/mpc-nodes/math/bytes.ts";
import { PARTIES, type PartyId, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import { coinCommitment, signCommitment } from "@sharebridge/mpc-nodes/protocol/coin-commitment.ts";
import { tossCoins } from "@sharebridge/mpc-nodes/protocol/coin-toss.ts";
import { openFourSession } from "@sharebridge/mpc-nodes/protocol/four/session.ts";
import { Progress } from "@sharebridge/mpc-nodes/protocol/progress.ts";
import { SIGNATURE_BYTES } from "@sharebridge/mpc-nodes/protocol/signer.ts";
import { expect } from "chai";
import { seed } from "../../support/seed.ts";
import { type Frame, memoryNetworks } from "../support/memory-network.ts";
import { binding, failureCode, signers, testHeap } from "../support/parties.ts";
import { seededRandom } from "../support/seeded-random.ts";

interface TossOptions {
  readonly tamper?: (frame: Frame) => Uint8Array;
  readonly bindings?: readonly Uint8Array[];
  readonly label?: (party: PartyId) => string;
}

async function toss({ tamper, bindings, label = () => "toss" }: TossOptions = {}) {
  const memory = memoryNetworks(tamper);
  return Promise.allSettled(
    memory.networks.map(async (network) => {
      const { party } = network;
      try {
        return await tossCoins({
          network,
          signer: signers[party]!,
          binding: bindings?.[party] ?? binding,
          random: seededRandom(seed, label(party) + party),
          progress: new Progress(),
        });
      } catch (error) {
        await new Promise((resolve) => setImmediate(resolve));
        memory.close(new Error("closed"));
        throw error;
      }
    }),
  );
}

async function tossedKeys(options?: TossOptions): Promise<(Uint8Array | null)[][]> {
  return (await toss(options)).map((outcome) => {
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  });
}

const hex = (bytes: Uint8Array | null): string => (bytes ? Buffer.from(bytes).toString("hex") : "none");

describe("protocol: coin toss", () => {
  it("gives each key to its three holders and to nobody else", async () => {
    const keys = await tossedKeys();
    for (const j of PARTIES) {
      expect(keys[j]![j]).to.equal(null);
      const copies = partiesExcept(j).map((party) => hex(keys[party]![j]!));
      expect(new Set(copies).size).to.equal(1);
      expect(copies[0]).to.have.length(64);
    }
    expect(new Set(PARTIES.map((j) => hex(keys[(j + 1) % 4]![j]!))).size, "four different keys").to.equal(4);
  });

  it("gives other keys for other contributions and for another binding", async () => {
    const [first, again] = [await tossedKeys(), await tossedKeys()];
    expect(hex(first[0]![1]!)).to.equal(hex(again[0]![1]!));
    expect(hex((await tossedKeys({ label: () => "other" }))[0]![1]!)).to.not.equal(hex(first[0]![1]!));
    const other = new Uint8Array(32).fill(8);
    const bindings = [other, other, other, other];
    expect(hex((await tossedKeys({ bindings }))[0]![1]!)).to.not.equal(hex(first[0]![1]!));
  });

  it("depends on every holder's contribution", async () => {
    const before = await tossedKeys();
    for (const party of PARTIES) {
      const after = await tossedKeys({ label: (each) => (each === party ? "changed" : "toss") });
      for (const j of partiesExcept(party)) expect(hex(after[party]![j]!)).to.not.equal(hex(before[party]![j]!));
    }
  });

  it("names the seat that is bound to another request", async () => {
    const bindings = [binding, binding, new Uint8Array(32).fill(9), binding];
    const outcomes = await toss({ bindings });
    for (const party of [0, 1, 3]) {
      expect(failureCode(outcomes[party]!)).to.equal("CoinTossBadSignature");
      expect((outcomes[party] as PromiseRejectedResult).reason.suspects).to.deep.equal([2]);
    }
  });

  it("catches a party that tells two holders of a key different things, each consistently", async () => {
    // Party 0 gives party 1 another contribution to k_2 (held by 0, 1, 3) than party 3, with a signed commitment that fits.
    const lie = new Uint8Array(32).fill(0xee);
    const { commitment, signature } = signCommitment(signers[0]!, binding, 2, coinCommitment(binding, 2, 0, lie));
    const tamper = ({ from, to, index, payload }: Frame): Uint8Array => {
      if (from !== 0 || to !== 1 || index > 1) return payload;
      if (index === 1) return concatenateBytes([lie, payload.subarray(32)]);
      return concatenateBytes([commitment, signature, payload.subarray(32 + SIGNATURE_BYTES)]);
    };
    const outcomes = await toss({ tamper });
    expect(failureCode(outcomes[1]!)).to.equal("CoinTossEchoMismatch");
    expect(failureCode(outcomes[3]!)).to.equal("CoinTossEchoMismatch");
    const { suspects, toss: different } = (outcomes[3] as PromiseRejectedResult).reason;
    expect(suspects).to.deep.equal([0, 1]);
    expect(different).to.deep.equal({ peer: 1, key: 2 });
  });

  for (const [what, index, at, code] of [
    ["does not sign its commitment", 0, 32, "CoinTossBadSignature"],
    ["signs with a key that is not registered", 0, 32 + 20, "CoinTossBadSignature"],
    ["opens another contribution", 1, 0, "CoinTossOpeningMismatch"],
  ] as const) {
    it(`names a seat that ${what}`, async () => {
      const outcomes = await toss({
        tamper: ({ from, to, index: sent, payload }) =>
          from === 2 && to === 0 && sent === index ? payload.map((byte, i) => (i === at ? byte ^ 1 : byte)) : payload,
      });
      expect(failureCode(outcomes[0]!)).to.equal(code);
      expect((outcomes[0] as PromiseRejectedResult).reason.suspects).to.deep.equal([2]);
    });
  }

  it("refuses a copied commitment: it names the party", () => {
    const contribution = new Uint8Array(32).fill(1);
    const commitments = PARTIES.flatMap((j) =>
      partiesExcept(j).map((party) => hex(coinCommitment(binding, j, party, contribution))),
    );
    expect(new Set(commitments).size).to.equal(12);
  });

  it("refuses a binding of another length before anything is sent", async () => {
    const { networks, events } = memoryNetworks();
    const outcomes = await Promise.allSettled(
      networks.map((network) =>
        openFourSession({ network, signer: signers[network.party]!, heap: testHeap(), binding: new Uint8Array(31) }),
      ),
    );
    expect(outcomes.map(failureCode)).to.deep.equal(Array(4).fill("InvalidBinding"));
    expect(events).to.deep.equal([]);
  });

  it("uses the platform's generator by default: two sessions share nothing", async () => {
    const draw = async (): Promise<string> => {
      const { networks } = memoryNetworks();
      const heap = testHeap();
      const sessions = await Promise.all(
        networks.map((network) => openFourSession({ network, signer: signers[network.party]!, heap, binding })),
      );
      const drawn = hex(sessions[0]!.mpc.context.randomness.bytes(1, "output-salt", 32));
      for (const session of sessions) await session.close();
      return drawn;
    };
    expect(await draw()).to.not.equal(await draw());
  });
});
