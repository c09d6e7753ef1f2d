/** Runs computations for suites that hold for every implementation of `Mpc`. */
import type { Bits, Mpc, Vector, WordBits } from "../../mpc-nodes/protocol/mpc.ts";

/** Signed numbers are welcome. */
export interface Input {
  readonly words: readonly bigint[];
  readonly word: WordBits;
}

export interface MpcRunner {
  readonly name: string;
  /**
   * Runs `body` at every party on shares of the inputs, opens what it returns and checks that all parties agree. Gives raw ring
   * words (unsigned), one for each row of each output.
   */
  run(
    inputs: readonly Input[],
    body: (mpc: Mpc, inputs: readonly Vector[]) => Promise<readonly (Vector | Bits)[]>,
  ): Promise<bigint[][]>;
}
