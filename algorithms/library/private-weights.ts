/** A linear model that is the buyer's own: an intercept and a weight for each feature, as private inputs. */
import type { ParameterDefinition, Tracer } from "../language/builder.ts";
import type { NumberColumn } from "../language/schema.ts";
import type { Secret } from "../language/values.ts";

/** Fraction bits of weights. */
export const WEIGHT_BITS = 16;

/** `intercept` and `weight_<feature>`, each up to `largest` in size, decimal text. */
export function privateWeights(features: readonly NumberColumn[], largest: string): ParameterDefinition[] {
  const range = { fractionBits: WEIGHT_BITS, minimum: `-${largest}`, maximum: largest };
  return ["intercept", ...features.map(({ name }) => weightOf(name))].map((name) => ({ name, ...range }));
}

export function weightOf(feature: string): string {
  return `weight_${feature}`;
}

/** Intercept + Σ weight · feature of every row, exact: WEIGHT_BITS more than the features' fraction bits, which are equal. */
export function exactScore(t: Tracer, features: readonly NumberColumn[]): Secret<"column"> {
  const terms = features.map(({ name }) => t.multiply(t.encoded(name), t.privateInput(weightOf(name))));
  const intercept = t.multiply(t.privateInput("intercept"), t.constant("1", features[0].fractionBits));
  return t.add(
    terms.reduce((sum, term) => t.add(sum, term)),
    intercept,
  );
}
