/**
 * What the buyer's private decision tree predicts: how many rows get each class, and the mean of another column there.
 *
 * The tree is complete and of public depth; all else of it is the buyer's alone: of which features the node takes the sum (one, for an ordinary
 * tree: a 1 among zeros), its threshold, the class of every leaf. A row goes right where that sum is at least the threshold. Every row is compared
 * at every node, and leaves are chosen from the bottom up, so that nothing shows which way a row went. Nodes are numbered as in a heap: 1 is the
 * root, 2n and 2n + 1 are left and right below n; leaves from 0, from left to right.
 *
 * Features are taken as encoded, so that every decision is exact for features rounded to their fraction bits.
 */
import { type GroupMinimum, type ParameterDefinition, type Tracer, trace } from "../language/builder.ts";
import { expression } from "../language/expression.ts";
import type { Program } from "../language/program.ts";
import type { NumberColumn } from "../language/schema.ts";
import type { Secret } from "../language/values.ts";
import { decodeWord, wordRange } from "../language/words.ts";
import { DEFAULT_MINIMUM } from "./protection.ts";

const { divide } = expression;

export interface TreeScoreDefinition {
  readonly name: string;
  /** Of equal fraction bits. */
  readonly features: readonly NumberColumn[];
  /** Comparisons from the root to a leaf: 1 or more. */
  readonly depth: number;
  /** Classes of leaves: 0 to classes - 1; 2 or more. */
  readonly classes: number;
  /** Of which the mean is taken in every class. */
  readonly value: NumberColumn;
  /** What a class must have to be opened; `DEFAULT_MINIMUM` unless said otherwise. */
  readonly protection?: GroupMinimum;
  readonly maximumRows: number;
}

export function treeScoreOf(definition: TreeScoreDefinition): Program {
  const { name, features, depth, classes, value, maximumRows, protection = DEFAULT_MINIMUM } = definition;
  const names = features.map((feature) => feature.name).join(", ");
  return trace(
    {
      name,
      description: `How many rows the buyer's private decision tree of depth ${depth} on ${names} puts into each of ${classes} classes, and the mean of ${value.name} there.`,
      columns: [...features, value],
      privateInputs: treeInputs(definition),
      maximumRows,
      protection,
    },
    (t) => {
      // A column, for the root compares columns.
      const predicted = classBelow(t, definition, 1) as Secret<"column">;
      for (let label = 0; label < classes; label++) {
        const member = t.equal(predicted, t.constant(String(label), 0));
        const own = t.group(`class_${label}`, member);
        const count = t.output(`count_${label}`, t.count(member), own);
        const sum = t.output(`sum_${label}`, t.dot(t.number(member), t.input(value.name)), own);
        t.finish(`rows_${label}`, `Rows of class ${label}`, count);
        t.finish(`mean_${label}`, `Mean ${value.name}, class ${label}`, divide(sum, count));
      }
    },
  );
}

const choiceOf = (node: number, feature: string) => `node_${node}_uses_${feature}`;
const thresholdOf = (node: number) => `node_${node}_threshold`;
const leafOf = (leaf: number) => `leaf_${leaf}_class`;

function treeInputs({ features, depth, classes }: TreeScoreDefinition): ParameterDefinition[] {
  const [{ fractionBits }] = features;
  const ends = features.map(wordRange);
  const lowest = ends.reduce((sum, { minimum }) => sum + (minimum < 0n ? minimum : 0n), 0n);
  const highest = ends.reduce((sum, { maximum }) => sum + (maximum > 0n ? maximum : 0n), 0n);
  // One word above the highest sum: at this threshold all rows go left.
  const range = { minimum: decodeWord(lowest, fractionBits), maximum: decodeWord(highest + 1n, fractionBits) };
  const leaves = 2 ** depth;
  const nodes = Array.from({ length: leaves - 1 }, (_, index) => index + 1);
  return [
    ...nodes.flatMap((node) => [
      ...features.map(({ name }) => ({ name: choiceOf(node, name), fractionBits: 0, minimum: "0", maximum: "1" })),
      { name: thresholdOf(node), fractionBits, ...range },
    ]),
    ...Array.from({ length: leaves }, (_, leaf) => {
      return { name: leafOf(leaf), fractionBits: 0, minimum: "0", maximum: String(classes - 1) };
    }),
  ];
}

/** Of every row the class that the subtree of a node gives it. */
function classBelow(t: Tracer, tree: TreeScoreDefinition, node: number): Secret {
  const firstLeaf = 2 ** tree.depth;
  if (node >= firstLeaf) return t.privateInput(leafOf(node - firstLeaf));
  const chosen = tree.features
    .map(({ name }) => t.multiply(t.encoded(name), t.privateInput(choiceOf(node, name))))
    .reduce((sum, term) => t.add(sum, term));
  const goesRight = t.atLeast(chosen, t.privateInput(thresholdOf(node)));
  return t.select(goesRight, classBelow(t, tree, 2 * node + 1), classBelow(t, tree, 2 * node));
}

/** A tree of depth 3 on education and experience with three classes, and the mean wage. */
export const treeScore: Program = treeScoreOf({
  name: "tree_score",
  features: [
    { name: "education", kind: "number", fractionBits: 24, minimum: "0", maximum: "40" },
    { name: "experience", kind: "number", fractionBits: 24, minimum: "0", maximum: "80" },
  ],
  depth: 3,
  classes: 3,
  value: { name: "wage", kind: "number", fractionBits: 22, minimum: "0.01", maximum: "500" },
  maximumRows: 1_000_000,
});
