import { PARTIES, type PartyId } from "../../math/party.ts";
import { PRESENCE_BYTES } from "../joint-round.ts";
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
  readonly #parties: readonly PartyId[];
  readonly #check: (cost: Cost) => void;
  readonly #bytesSent = [0, 0, 0, 0];
  #rounds = 0;

  /**
   * @param parties who computes
   * @param check told after each round what it has come to; what it throws ends the run
   */
  constructor(parties: readonly PartyId[] = PARTIES, check: (cost: Cost) => void = () => {}) {
    this.#parties = parties;
    this.#check = check;
  }

  get cost(): Cost {
    return { rounds: this.#rounds, bytesSent: PARTIES.map((party) => this.#bytesSent[party]!) };
  }

  async round(parts: readonly RoundPart[]): Promise<void> {
    const round = this.#rounds++;
    let step = 0;
    for (const segments of stepsOf(parts)) {
      const turn = turnOf(round, step++);
      const spoken = new Set<number>();
      const say = (from: PartyId, to: PartyId, bytes: number): void => {
        this.#bytesSent[from]! += bytes;
        spoken.add(4 * from + to);
      };
      for (const { roles, byteLength } of groupsOf(segments, turn)) {
        say(roles.sender, roles.receiver, byteLength);
        if (roles.checker !== null) say(roles.checker, roles.receiver, TAG_BYTES);
      }
      for (const from of this.#parties) {
        for (const to of this.#parties) if (from !== to && !spoken.has(4 * from + to)) say(from, to, PRESENCE_BYTES);
      }
    }
    this.#check(this.cost);
  }
}
