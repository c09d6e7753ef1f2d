/**
 * What each primitive costs among three parties, declared: the messages of each round. The counted cost of the real protocols is held to
 * these in a test. What a product, a shuffle or an AND costs before anything of it is opened is in `verification`.
 */
import type { PartyId } from "../../math/party.ts";
import type { WordBits } from "../mpc.ts";
import { planeWords } from "../replicated/values.ts";
import type { RoundPart } from "../round.ts";
import { circleOf, untagged } from "./circle.ts";
import { SEED_BYTES } from "./coin-order.ts";
import type { MacRing } from "./context.ts";
import { bucketSize, bucketsFor } from "./triple-check.ts";
import { macBits } from "./values.ts";

/** Messages of `units` units that go in one round, all with these bytes a unit. */
export type DeclaredPart = Pick<RoundPart, "units" | "unitBytes" | "messages">;
/** Parts by round. */
export type Declared = readonly (readonly DeclaredPart[])[];

interface Column {
  readonly length: number;
  readonly word: WordBits;
  /** Whether it has no MAC yet. */
  readonly bare: boolean;
}

export interface Costs {
  readonly excluded: PartyId;
  /** Two elements a row of the result, and one before for each row of a factor that has no MAC. */
  product(length: number, word: WordBits, bare: readonly number[]): Declared;
  /** One word for 64 bits. */
  and(planes: number, length: number): Declared;
  truncate(items: readonly { readonly length: number; readonly word: WordBits }[]): Declared;
  widen(length: number): Declared;
  /** Less than two ANDs a bit. */
  addends(length: number, planes: number): Declared;
  /** Five elements a bit. */
  inject(bits: number, word: WordBits): Declared;
  /** Three elements a row and pass, of value and MAC. */
  shuffle(columns: readonly Column[], back: boolean): Declared;
  /** The same, for a word a row and every 64 planes, which has no MAC. */
  shuffleBits(items: readonly { readonly planes: number; readonly length: number }[], back: boolean): Declared;
  /** An element a row, of the word alone; bits as plane words. */
  open(items: readonly { readonly units: number; readonly unitBytes: number }[]): Declared;
  /** What precedes an opening: of these words of ANDs, of MACs in these rings, and of shuffles whose last pass was by these seats. */
  verification(words: number, rings: readonly MacRing[], lastPasses?: readonly PartyId[]): Declared;
}

function elementBytes(word: WordBits): number {
  return macBits(word) / 8;
}

function ringBytes(ring: MacRing): number {
  return ring === "field" ? 8 : ring / 8;
}

/** Those of the three parties without `excluded`. */
export function costsOf(excluded: PartyId): Costs {
  const { passing, tellings, active } = circleOf(((excluded + 1) % 4) as PartyId, excluded);
  const passed = (units: number, unitBytes: number): DeclaredPart => ({ units, unitBytes, messages: passing });
  const opened = (units: number, unitBytes: number): DeclaredPart => ({ units, unitBytes, messages: tellings });

  const product: Costs["product"] = (length, word, bare) => {
    const one = passed(length, elementBytes(word));
    return [bare.map((rows) => passed(rows, elementBytes(word))), [one, one]];
  };
  const inject: Costs["inject"] = (bits, word) => [...product(bits, word, [bits]), ...product(bits, word, []).slice(1)];

  /** Of the top two bits of so many rows: three ANDs and two injected bits each. */
  const overflows = (asked: readonly { readonly length: number; readonly word: WordBits }[]): Declared => {
    const numbers = ([64, 128] as const).flatMap((word) => {
      const rows = asked.reduce((total, each) => total + (each.word === word ? 2 * each.length : 0), 0);
      return inject(rows, word);
    });
    const ands = (planes: number) => asked.map(({ length }) => passed(planes * planeWords(length), 8));
    return [ands(2), ands(1), ...numbers];
  };

  const passes = (columns: readonly { length: number; unitBytes: number }[], back: boolean): Declared => {
    const order = back ? [...active].reverse() : active;
    return order.map((k) => {
      const { next: i, last: j } = circleOf(k, excluded);
      const messages = [untagged(j, i), untagged(i, k), untagged(j, k)].map((roles) => [roles, roles] as const);
      return columns.map(({ length, unitBytes }) => ({ units: length, unitBytes, messages }));
    });
  };

  return {
    excluded,
    product,
    inject,
    and: (planes, length) => [[passed(planes * planeWords(length), 8)]],
    truncate: (items) => overflows(items.flatMap((item) => [item, item])),
    widen: (length) => overflows([{ length, word: 128 }]),
    addends: (length, planes) => {
      const one = [passed((planes - 1) * planeWords(length), 8)];
      return [one, one];
    },
    shuffle: (columns, back) => {
      const macs = columns.filter(({ bare }) => bare).map(({ length, word }) => passed(length, elementBytes(word)));
      const both = columns.flatMap(({ length, word }) => {
        const column = { length, unitBytes: elementBytes(word) };
        return [column, column];
      });
      return [macs, ...passes(both, back)];
    },
    shuffleBits: (items, back) => {
      const words = items.flatMap(({ planes, length }) => Array.from({ length: Math.ceil(planes / 64) }, () => length));
      const columns = [...words, ...words].map((length) => ({ length, unitBytes: 8 }));
      return [words.map((length) => passed(length, 8)), ...passes(columns, back)];
    },
    open: (items) => [items.map(({ units, unitBytes }) => opened(units, unitBytes))],
    verification: (words, rings, lastPasses = []) => {
      if (words === 0 && rings.length === 0) return [];
      const [buckets, size] = [bucketsFor(words), bucketSize(bucketsFor(words))];
      const elements = rings.map((ring) => passed(1, ringBytes(ring)));
      const digests = active.flatMap((sender) =>
        active.filter((receiver) => receiver !== sender).map((receiver) => untagged(sender, receiver)),
      );
      const compare = [{ units: 1, unitBytes: 32, messages: digests.map((roles) => [roles, roles] as const) }];
      const told = active
        .filter((j) => lastPasses.some((k) => circleOf(k, excluded).last === j))
        .map((j) => {
          const { next, last } = circleOf(j, excluded);
          const roles = [untagged(next, last), untagged(last, next)];
          return { units: 1, unitBytes: 32, messages: roles.map((each) => [each, each] as const) };
        });
      const totals = [...told, ...elements.flatMap((element) => [element, element])];
      if (words === 0) return [totals, elements, compare];
      const differences = [
        ...Array.from({ length: 2 * (size - 1) }, () => opened(buckets, 8)),
        ...[words, words, size, size, size].map((units) => opened(units, 8)),
      ];
      return [[...totals, passed((buckets + 1) * size, 8)], [...elements, opened(1, SEED_BYTES)], differences, compare];
    },
  };
}
