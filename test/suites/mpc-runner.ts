/** How suites of operations and functions run on any implementation of `Mpc`. */
import type { Bits, Mpc, Vector, WordBits } from "@sharebridge/mpc-nodes/protocol/mpc.ts";

export interface Input {
  /** Signed numbers are welcome. */
  readonly words: readonly bigint[];
  readonly word: WordBits;
}

export interface MpcRunner {
  readonly name: string;
  /**
   * Runs `body` at every party on shares of the inputs, opens what it returns and checks that all parties agree.
   * @returns for each output its rows as unsigned numbers
   */
  run(
    inputs: readonly Input[],
    body: (mpc: Mpc, inputs: readonly Vector[]) => Promise<readonly (Vector | Bits)[]>,
  ): Promise<bigint[][]>;
}

/** Opens outputs of both kinds, for runners. */
export async function openAll(mpc: Mpc, outputs: readonly (Vector | Bits)[]): Promise<bigint[][]> {
  const opened: bigint[][] = [];
  for (const output of outputs) {
    if (output.kind === "vector") {
      const [words] = await mpc.open([output]);
      opened.push(output.word === 64 ? [...words!] : pairs([...words!]));
    } else {
      opened.push(await openPlanes(mpc, output));
    }
  }
  return opened;
}

async function openPlanes(mpc: Mpc, bits: Bits): Promise<bigint[]> {
  let rows = Array<bigint>(bits.length).fill(0n);
  for (let first = 0; first < bits.planes; first += 64) {
    const indices = Array.from({ length: Math.min(64, bits.planes - first) }, (_, index) => first + index);
    const [words] = await mpc.openBits([mpc.planes(bits, indices)]);
    rows = rows.map((row, index) => row | (words![index]! << BigInt(first)));
  }
  return rows;
}

function pairs(words: readonly bigint[]): bigint[] {
  return Array.from({ length: words.length / 2 }, (_, index) => words[2 * index]! | (words[2 * index + 1]! << 64n));
}

export function signed(rows: readonly bigint[], word: number): bigint[] {
  return rows.map((row) => BigInt.asIntN(word, row));
}
