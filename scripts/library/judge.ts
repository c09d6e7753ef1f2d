/** Each figure of an answer beside what the reference says. No chain, no processes. */

/** What a figure must be: a number, or not there because its group is too small. */
export type Expected = number | "suppressed";

/** A figure as the buyer reads it (JSON of `sharebridge request --wait`, or `finish`). */
export interface AnsweredFigure {
  readonly name: string;
  readonly value?: number | undefined;
  readonly error?: number | undefined;
  readonly isSuppressed?: boolean | undefined;
}

export interface Judgement {
  readonly figures: number;
  readonly suppressed: number;
  /** The largest part that |answer - reference| is of what it may be: declared error, noise, and the reference's own error. */
  readonly worstShare: number;
  /** The largest declared error, in the figure's own unit. */
  readonly largestError: number;
  /** How far noise may have taken a figure, in its unit; 0 of programs without. */
  readonly noise: number;
  /** All that is wrong, in words. */
  readonly failures: readonly string[];
}

/**
 * @param slack how far the reference itself may be off, relative to a figure's size: it is in double precision
 * @param noise how far noise may take a figure
 */
export function judge(
  answered: readonly AnsweredFigure[],
  expected: ReadonlyMap<string, Expected>,
  slack: number,
  noise = 0,
): Judgement {
  const failures: string[] = [];
  const names = new Set(answered.map(({ name }) => name));
  for (const name of expected.keys()) if (!names.has(name)) failures.push(`${name} is missing from the answer`);
  const noiseText = noise === 0 ? "" : ` and noise of ${noise}`;
  let worstShare = 0;
  let largestError = 0;
  let suppressed = 0;
  for (const { name, value, error, isSuppressed = false } of answered) {
    const reference = expected.get(name);
    if (isSuppressed) suppressed += 1;
    if (reference === undefined) failures.push(`there is nothing to compare ${name} with`);
    else if (reference === "suppressed") {
      if (!isSuppressed) failures.push(`${name} is ${value}, and should have been suppressed`);
    } else if (value === undefined || error === undefined) failures.push(`${name} is not defined`);
    else {
      const off = Math.abs(value - reference);
      const allowed = error + noise + slack * Math.abs(reference);
      // NaN is no number that anything is within.
      if (!(off <= allowed)) failures.push(`${name} is ${value}, not ${reference} ± ${error}${noiseText}`);
      if (off > 0) worstShare = Math.max(worstShare, off / allowed);
      largestError = Math.max(largestError, error);
    }
  }
  if (answered.length === 0) failures.push("the answer has no figures");
  return { figures: answered.length, suppressed, worstShare, largestError, noise, failures };
}
