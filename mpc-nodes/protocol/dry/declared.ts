/**
 * What each primitive costs among four parties, declared: the rounds of each, and the messages of each round. The counted cost of
 * the real protocols is held to these in a test.
 */

import { PARTIES } from "../../math/party.ts";
import { ACROSS, BY_0_AND_1, BY_2_AND_3, CROSS_TERMS, TELL_MISSING } from "../four/joint-sharing.ts";
import { passSharings } from "../four/shuffle-plan.ts";
import type { WordBits } from "../mpc.ts";
import type { TwoRoles } from "../tags.ts";

/** Messages of `units` units that go in one round, all with these bytes a unit. */
export interface DeclaredPart {
  readonly units: number;
  readonly unitBytes: number;
  readonly messages: readonly TwoRoles[];
}

/** Parts by round. */
export type Declared = readonly (readonly DeclaredPart[])[];

const CROSS = CROSS_TERMS.map(({ roles }) => roles);
const ACROSS_ROLES = ACROSS.map(({ roles }) => roles);
const bytesOf = (word: WordBits): number => word / 8;
const wordsOf = (planes: number, length: number): number => planes * Math.ceil(length / 64);

/** Six elements a row (of the result, where products are summed). */
export function product(units: number, unitBytes: number): Declared {
  return [[{ units, unitBytes, messages: CROSS }]];
}

export function multiply(length: number, word: WordBits): Declared {
  return product(length, bytesOf(word));
}

export function and(planes: number, length: number): Declared {
  return product(wordsOf(planes, length), 8);
}

/** Eight elements a row. */
export function truncate(items: readonly { readonly length: number; readonly word: WordBits }[]): Declared {
  const part = (messages: readonly TwoRoles[]) =>
    items.map(({ length, word }) => ({ units: length, unitBytes: bytesOf(word), messages }));
  return [part([BY_2_AND_3, BY_2_AND_3, BY_0_AND_1, BY_0_AND_1]), part(ACROSS_ROLES)];
}

export function widen(length: number): Declared {
  const shared = [BY_2_AND_3, BY_0_AND_1];
  return [
    [
      { units: length, unitBytes: 16, messages: shared },
      { units: length, unitBytes: 8, messages: shared },
    ],
    [{ units: length, unitBytes: 8, messages: ACROSS_ROLES }],
  ];
}

/** Four elements a row. */
export function open(items: readonly { readonly units: number; readonly unitBytes: number }[]): Declared {
  return [items.map((item) => ({ ...item, messages: TELL_MISSING }))];
}

export function openBits(items: readonly { readonly planes: number; readonly length: number }[]): Declared {
  return open(items.map(({ planes, length }) => ({ units: wordsOf(planes, length), unitBytes: 8 })));
}

export function addends(length: number, planes: number): Declared {
  const units = wordsOf(planes, length);
  return [
    [{ units, unitBytes: 8, messages: [BY_2_AND_3, BY_0_AND_1] }],
    [{ units, unitBytes: 8, messages: ACROSS_ROLES }],
  ];
}

/** Six elements a bit. */
export function inject(planes: number, length: number, word: WordBits): Declared {
  const each = (messages: readonly TwoRoles[]): DeclaredPart[] =>
    Array.from({ length: planes }, () => ({ units: length, unitBytes: bytesOf(word), messages }));
  return [each([BY_2_AND_3, BY_0_AND_1]), each(ACROSS_ROLES)];
}

/** Two elements a bit, and four a plane. */
export function count(planes: number, length: number, word: WordBits): Declared {
  return [inject(planes, length, word)[0]!, [{ units: planes, unitBytes: bytesOf(word), messages: ACROSS_ROLES }]];
}

/** Three elements a row and pass; bits go as one word a row for every 64 planes of a column. */
export function shuffle(
  items: readonly { readonly units: number; readonly unitBytes: number }[],
  back: boolean,
): Declared {
  const passes = PARTIES.map((e) =>
    items.map((item) => ({ ...item, messages: passSharings(e).map(({ roles }) => roles) })),
  );
  return back ? passes.reverse() : passes;
}

export function shuffleBits(
  items: readonly { readonly planes: number; readonly length: number }[],
  back: boolean,
): Declared {
  const words = items.flatMap(({ planes, length }) =>
    Array.from({ length: Math.ceil(planes / 64) }, () => ({ units: length, unitBytes: 8 })),
  );
  return shuffle(words, back);
}
