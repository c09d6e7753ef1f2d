/**
 * In place of the session of three parties: computes in the clear, on shares that were dealt so that each tells the value
 * (`dealOpenly`). It waits for its peers like a session does, and aborts when one of them wants it to.
 */
import type { SessionOpener } from "@sharebridge/mpc-nodes/engine/sessions.ts";
import { Arena } from "@sharebridge/mpc-nodes/kernels/heap.ts";
import { PARTIES } from "@sharebridge/mpc-nodes/math/party.ts";
import { ClearMpc } from "@sharebridge/mpc-nodes/protocol/clear/clear-mpc.ts";
import { ClearVector } from "@sharebridge/mpc-nodes/protocol/clear/values.ts";
import { ProtocolError } from "@sharebridge/mpc-nodes/protocol/errors.ts";
import { receiveBytes } from "@sharebridge/mpc-nodes/protocol/network.ts";
import { sharedVector } from "@sharebridge/mpc-nodes/sharing/shared-vector.ts";
import { getBytes, hexlify, keccak256 } from "ethers";
import { seededRandom } from "../support/seeded-random.ts";
import { dealShares, type Parts } from "../support/shared-columns.ts";

const GO_ON = 1;

/** x_0 = x_1 = x_2 = x, and x_3 = -2x: valid shares, whose holders each know x. */
export function dealOpenly(words: BigUint64Array): Parts {
  return dealShares([words, words, words, words.map((word) => -2n * word)]);
}

/** @param says what this party tells its peers at the start: anything but `GO_ON` makes them abort */
export const standInThree =
  (says: number = GO_ON): SessionOpener =>
  async ({ network, heap, binding, progress }) => {
    const arena = new Arena(heap);
    arena.take(64);
    try {
      for (const peer of network.peers) network.send(peer, Uint8Array.of(says));
      for (const peer of network.peers) {
        const [said] = await receiveBytes(network, peer, 1);
        if (said !== GO_ON) throw new ProtocolError("CheckFailed", "a check of three parties failed");
      }
    } catch (error) {
      arena.close();
      throw error;
    }
    progress.place += 1;
    const mpc = new ClearMpc({ random: seededRandom(0, hexlify(binding)) });
    return {
      mpc,
      network,
      rounds: 1,
      importColumn: ({ shares }) => {
        const words = shares[network.party === 0 ? 1 : 0]!;
        return new ClearVector(
          64,
          [...words].map((word) => BigInt.asIntN(64, word)),
        );
      },
      async seal(outputs, context) {
        const [words] = await mpc.open([outputs]);
        const salts = PARTIES.map((j) => (j === network.party ? null : new Uint8Array(32).fill(j)));
        const shares = sharedVector(network.party, words!.length, () => words!);
        const text = [...words!].join();
        const commitments = PARTIES.map((j) => getBytes(keccak256(Buffer.from(`${j} ${text} ${hexlify(context)}`))));
        return { salts, shares, commitments };
      },
      digestOf: () => null,
      async close() {
        await network.idle();
        arena.close();
      },
    };
  };
