/** What the disclosure statement says of noise. */
import { analyse } from "../analysis.ts";
import { operandsOf } from "../operands.ts";
import { costText } from "../print.ts";
import { privacyCostOf } from "../privacy-cost.ts";
import type { FlatProgram, Program } from "../program.ts";
import { isNoise } from "./states.ts";

/** Nothing for a program without noise. */
export function noiseSection(program: Program): string[] {
  const { privacy } = program;
  if (privacy === undefined) return [];
  const { noise, program: flat } = analyse(program);
  const names = openedBehind(flat);
  const cost = privacyCostOf(program);
  const unit =
    privacy.unit === "row"
      ? "one row has other values within the declared ranges"
      : `all rows of one seller (an address) have; it computes on no pool in which a seller has more than ${privacy.maximumRows}`;
  return [
    "Noise: random numbers that no node knows are added inside the computation, before anything is opened:",
    ...[...noise].map(([index, { distribution, epsilonMillionths, deltaE18 }]) => {
      const price = costText({ epsilonMillionths, deltaE18, unit: privacy.unit });
      return `- ${distribution === "laplace" ? "Laplace" : "Gaussian"}, ${price}: ${names.get(index)?.join(", ") ?? "opened nowhere"}`;
    }),
    ...(cost === null
      ? ["As something is opened without noise, this bounds nothing of what an answer tells."]
      : [
          `All together ${costText(cost)}: whoever reads it can hardly tell the pool from one in which`,
          `${unit}. That a row is there is not hidden:`,
          "numbers of rows are public. The noise of a request is the same whenever it is tried again; another request has other noise,",
          "and the epsilon and delta of all answers about the same data add up.",
        ]),
  ];
}

/** By instruction that adds noise: the outputs that hang on it. */
function openedBehind(program: FlatProgram): Map<number, string[]> {
  const behind: ReadonlySet<number>[] = [];
  program.instructions.forEach((instruction, index) => {
    const inherited = operandsOf(instruction).flatMap((operand) => [...behind[operand]]);
    behind.push(new Set(isNoise(instruction) ? [index] : inherited));
  });
  const names = new Map<number, string[]>();
  for (const { name, value } of program.outputs) {
    for (const index of behind[value]) names.set(index, [...(names.get(index) ?? []), name]);
  }
  return names;
}
