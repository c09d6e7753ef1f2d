import { PARTIES } from "../../math/party.ts";
import { type Carrier, type RoundPart, turnOf } from "../round.ts";
import { groupsOf, stepsOf } from "../steps.ts";
import { TAG_BYTES } from "../tags.ts";

/** What a run costs: payload, framing and TLS excluded. */
export interface Cost {
  readonly rounds: number;
  /** bytesSent[i] is what party i sends. */
  readonly bytesSent: readonly number[];
}

/** Counts what would be sent, cut into the same steps, and sends nothing. */
export class DryCarrier implements Carrier {
  readonly #bytesSent = [0, 0, 0, 0];
  #rounds = 0;

  get cost(): Cost {
    return { rounds: this.#rounds, bytesSent: PARTIES.map((party) => this.#bytesSent[party]!) };
  }

  async round(parts: readonly RoundPart[]): Promise<void> {
    const round = this.#rounds++;
    let step = 0;
    for (const segments of stepsOf(parts)) {
      const turn = turnOf(round, step++);
      for (const { roles, byteLength } of groupsOf(segments, turn)) {
        this.#bytesSent[roles.sender]! += byteLength;
        if (roles.checker !== null) this.#bytesSent[roles.checker]! += TAG_BYTES;
      }
    }
  }
}
