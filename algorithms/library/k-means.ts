/**
 * k-means by Lloyd's iterations (Lloyd, *Least squares quantization in PCM*, 1982), a fixed number of them, from public start centres.
 *
 * The centres that rows are assigned by are never opened, nor which row is in which cluster. What is opened of each final cluster, as a protected group, is its
 * size, sums and a sum of squares: so a centre is the mean of a cluster that is large enough, or suppressed, and the squares within it are exact.
 * Rows go to the nearest of the centres as they were computed, to the first of several, by exact comparison; a cluster without rows keeps its
 * centre.
 *
 * The iterations end in a local optimum, if they suffice. Whoever wants to know asks again with the opened centres as the start: at an optimum they stay.
 */
import { type GroupMinimum, type Tracer, trace } from "../language/builder.ts";
import { expression } from "../language/expression.ts";
import type { Program } from "../language/program.ts";
import type { NumberColumn } from "../language/schema.ts";
import type { Public, Secret, SecretBit, Value, WithColumn } from "../language/values.ts";
import { decodeWord, wordRange } from "../language/words.ts";
import { DEFAULT_MINIMUM } from "./protection.ts";

const { add, divide, multiply, number, subtract } = expression;

/** A column that distances are taken in, divided by 2^halvings: what makes the columns of one size. */
export interface Dimension {
  readonly column: NumberColumn;
  readonly halvings: number;
}

export interface KMeansDefinition {
  readonly name: string;
  readonly dimensions: readonly Dimension[];
  /** 2 at least; times the dimensions 64 at most. Start centres are parameters: start_0_wage, start_0_age, start_1_wage, ... */
  readonly clusters: number;
  readonly iterations: number;
  /** What a cluster must have to be opened; `DEFAULT_MINIMUM` unless said otherwise. */
  readonly protection?: GroupMinimum;
  readonly maximumRows: number;
}

/** Fraction bits of the divided columns and of centres, at least. */
const LEAST_BITS = 12;

/** The rows as points, all of one scale, and within what each of their coordinates is. */
interface Points {
  readonly coordinates: readonly Secret<"column">[];
  readonly limits: readonly { readonly least: Public; readonly most: Public }[];
  readonly bits: number;
}

export function kMeansOf(definition: KMeansDefinition): Program {
  const { name, dimensions, clusters, iterations, maximumRows, protection = DEFAULT_MINIMUM } = definition;
  const columns = dimensions.map(({ column }) => column);
  const bits = Math.max(LEAST_BITS, ...dimensions.map(({ column, halvings }) => column.fractionBits + halvings));
  const coordinates = Array.from({ length: clusters }, (_, cluster) =>
    dimensions.map(({ column, halvings }) => ({ name: `start_${cluster}_${column.name}`, column, halvings })),
  ).flat();
  const parameters = coordinates.map(({ name: start, column: { minimum, maximum }, halvings }) => ({
    ...{ name: start, fractionBits: bits - halvings, minimum, maximum },
  }));
  const of = columns.map((column) => column.name).join(", ");
  const description = `k-means: ${clusters} clusters of the rows by ${of}, after ${iterations} iterations.`;
  return trace({ name, description, columns, parameters, maximumRows, protection }, (t) => {
    const points = pointsOf(t, dimensions, bits);
    const start = coordinates.map(({ name: each, halvings }) => t.multiply(t.parameter(each), half(t, halvings)));
    const end = t.repeat(iterations, start, (flat) => {
      const centres = inRows(flat, columns.length);
      return means(t, points, membersOf(t, points, centres), centres).flat();
    });
    openClusters(t, dimensions, points, membersOf(t, points, inRows(end, columns.length)));
  });
}

/** 2^-halvings. */
function half(t: Tracer, halvings: number, fractionBits = halvings): Public {
  return t.constant((2 ** -halvings).toString(), fractionBits);
}

function inRows<T>(flat: readonly T[], length: number): T[][] {
  return Array.from({ length: flat.length / length }, (_, row) => flat.slice(row * length, (row + 1) * length));
}

function pointsOf(t: Tracer, dimensions: readonly Dimension[], bits: number): Points {
  const coordinates = dimensions.map(({ column, halvings }) =>
    t.multiply(t.encoded(column.name), half(t, halvings, bits - column.fractionBits)),
  );
  const limits = dimensions.map(({ column, halvings }) => {
    const { minimum, maximum } = wordRange(column);
    const limit = (word: bigint) => t.constant(decodeWord(word, column.fractionBits + halvings), bits);
    return { least: limit(minimum), most: limit(maximum) };
  });
  return { coordinates, limits, bits };
}

/** By cluster, which rows are in it: those to whose point its centre is the nearest. */
function membersOf(t: Tracer, { coordinates }: Points, centres: readonly Secret<"scalar">[][]) {
  const squares = centres.map((centre) =>
    sumOf(
      t,
      centre.map((each) => t.multiply(each, each)),
    ),
  );
  // Squared distances less that to the first centre: |c|² − |c_0|² + 2·x·(c_0 − c), for the price of one product a coordinate.
  const distances = centres.slice(1).map((centre, index) => {
    const products = coordinates.map((coordinate, d) => {
      const apart = t.subtract(centres[0][d], centre[d]);
      return t.multiply(coordinate, t.add(apart, apart));
    });
    return t.add(sumOf(t, products), t.subtract(squares[index + 1], squares[0]));
  });
  const first = t.constant("0", distances[0].fractionBits);
  return nearest(t, [first, ...distances]).members;
}

function sumOf<V extends Value>(t: Tracer, values: readonly V[]): V {
  return values.reduce((sum, each) => t.add<V, V>(sum, each as V & WithColumn<V, V>) as V);
}

/** The least of some columns, and in which rows each of them is the first to be it: as many comparisons as columns but one, side by side where they can. */
function nearest(
  t: Tracer,
  distances: readonly Value[],
): { readonly members: SecretBit<"column">[]; readonly least: () => Value } {
  if (distances.length === 1) return { members: [], least: () => distances[0] };
  const middle = Math.ceil(distances.length / 2);
  const left = nearest(t, distances.slice(0, middle));
  const right = nearest(t, distances.slice(middle));
  const [a, b] = [left.least(), right.least() as Secret<"column">];
  const nearer = t.less(b, a as Secret<"column">);
  const further = t.not(nearer);
  const within = (members: readonly SecretBit<"column">[], side: SecretBit<"column">) =>
    members.length === 0 ? [side] : members.map((member) => t.and(member, side));
  return {
    members: [...within(left.members, further), ...within(right.members, nearer)],
    least: () => t.select(nearer, b, a),
  };
}

/** The mean of each cluster's points; the old centre of a cluster without any. */
function means(
  t: Tracer,
  { coordinates, limits, bits }: Points,
  members: readonly SecretBit<"column">[],
  centres: readonly Secret<"scalar">[][],
): Secret<"scalar">[][] {
  const some = members.slice(0, -1).map((member) => t.number(member));
  const counts = some.map((member) => t.sum(member));
  const sums = some.map((member) => coordinates.map((coordinate) => t.dot(member, coordinate)));
  // What is in no other cluster is in the last.
  const count = t.subtract(t.rows(), sumOf(t, counts));
  const rest = coordinates.map((coordinate, d) =>
    t.subtract(
      t.sum(coordinate),
      sumOf(
        t,
        sums.map((sum) => sum[d]),
      ),
    ),
  );
  return [...sums, rest].map((sum, cluster) => {
    const size = [...counts, count][cluster];
    const empty = t.equal(size, t.constant("0", 0));
    return sum.map((each, d) => {
      const { least, most } = limits[d];
      const mean = t.larger(t.smaller(t.divide(each, size, bits), most), least);
      return t.computed(t.select(empty, centres[cluster][d], mean));
    });
  });
}

function openClusters(
  t: Tracer,
  dimensions: readonly Dimension[],
  { coordinates }: Points,
  members: readonly SecretBit<"column">[],
) {
  const norm = sumOf(
    t,
    coordinates.map((each) => t.multiply(each, each)),
  );
  const within = members.map((member, cluster) => {
    const group = t.group(`cluster_${cluster}`, member);
    const inside = t.number(member);
    const size = t.output(`size_${cluster}`, t.count(member), group);
    t.finish(`rows_${cluster}`, `Number of rows, cluster ${cluster}`, size);
    const centre = dimensions.map(({ column, halvings }) => {
      const sum = t.output(`sum_${cluster}_${column.name}`, t.dot(inside, t.encoded(column.name)), group);
      const mean = t.finish(
        `centre_${cluster}_${column.name}`,
        `Centre of cluster ${cluster}: ${column.name}`,
        divide(sum, size),
      );
      return divide(multiply(sum, mean), number(4 ** halvings));
    });
    const squares = t.output(`squares_${cluster}`, t.dot(inside, norm), group);
    const label = `Squared distances within cluster ${cluster}, of the divided columns`;
    return t.finish(`within_${cluster}`, label, subtract(squares, centre.reduce(add)));
  });
  t.finish("within", "Squared distances within all clusters, of the divided columns", within.reduce(add));
}

/** Workers in three clusters by education and experience. */
export const kMeans: Program = kMeansOf({
  name: "worker_clusters",
  dimensions: [
    {
      column: { name: "years_of_education", kind: "number", fractionBits: 0, minimum: "0", maximum: "40" },
      halvings: 2,
    },
    {
      column: { name: "years_of_experience", kind: "number", fractionBits: 0, minimum: "0", maximum: "80" },
      halvings: 3,
    },
  ],
  clusters: 3,
  iterations: 10,
  maximumRows: 1_000_000,
});
