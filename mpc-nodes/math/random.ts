/** A source of `length` unpredictable bytes. */
export type RandomSource = (length: number) => Uint8Array;

/** The platform's generator (Web Crypto); at most 65,536 bytes a call. */
export const systemRandom: RandomSource = (length) => crypto.getRandomValues(new Uint8Array(length));
