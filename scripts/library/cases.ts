/**
 * For every program of the standard library real data, parameters, and the figures that must come out: computed in doubles from the
 * definitions (`statistics.ts`), or published. `npm run demo:library` buys all of them on the devnet; a test runs them in the clear.
 */

import { clearFigures } from "../demo/clear-figures.ts";
import { CPS_SOURCE, cpsTable } from "./data/cps.ts";
import { firstNames, keyOf, NAMES_SOURCE } from "./data/first-names.ts";
import { LEUKEMIA_SOURCE, remissions } from "./data/leukemia.ts";
import { EXPERIMENT_SOURCE, LIMIT_PRICES_CENTS } from "./data/market-experiment.ts";
import type { Expected } from "./judge.ts";
import {
  chiSquare,
  correlation,
  eigenpairs,
  leastSquares,
  lloyd,
  mean,
  quantile,
  ridgeLogistic,
  survival,
  variance,
  welch,
} from "./statistics.ts";
import { rowsOf, type Table } from "./table.ts";

export interface LibraryCase {
  readonly source: string;
  readonly table: Table;
  /** Of the program's further tables, in its order. */
  readonly further?: readonly Table[];
  /** What the buyer keeps to itself, by name. */
  readonly privateInputs?: Readonly<Record<string, string>>;
  readonly parameters?: Readonly<Record<string, string>>;
  /** What each figure must be, by its name. */
  readonly expected: () => ReadonlyMap<string, Expected>;
  /** How far the expected figures may be off themselves, relative to their size. */
  readonly slack?: number;
  /** How far noise may take a figure, but for once in 2^40 answers. */
  readonly noise?: number;
}

/** How many rows each of a case's tables has, the main one first. */
export function rowsOfCase({ table, further = [] }: Pick<LibraryCase, "table" | "further">): number[] {
  return [table, ...further].map(rowsOf);
}

/** Laplace noise of this scale is further off once in 2^44 draws. */
const mostLaplace = (scale: number) => 44 * Math.LN2 * scale;

/** A few units in the last place of a double. */
export const DEFAULT_SLACK = 1e-12;

/** The column's values where the row is of a category. */
function where(table: Table, column: string, group: string, category: string): number[] {
  const groups = table[group]!;
  return numbers(table, column).filter((_, row) => groups[row] === category);
}

function numbers(table: Table, column: string): number[] {
  return table[column]!.map(Number);
}

/** As a column of so many fraction bits holds it: figures of programs that take their columns as encoded are about this. */
function encoded(values: readonly number[], fractionBits: number): number[] {
  return values.map((value) => Math.round(value * 2 ** fractionBits) / 2 ** fractionBits);
}

const OCCUPATIONS = ["clerical", "management", "other", "professional", "sales", "service"];

function payGap(): LibraryCase {
  const table = cpsTable("wage", "sex");
  const workers = numbers(table, "wage").map((wage, row) => ({ wage, sex: table.sex![row] as "female" | "male" }));
  return { ...{ source: CPS_SOURCE, table }, expected: () => clearFigures(workers) };
}

function weightedScore(): LibraryCase {
  const table = cpsTable("education", "experience");
  const experience = numbers(table, "experience");
  const scores = numbers(table, "education").map((years, row) => -3.5 + 0.75 * years + 0.0625 * experience[row]!);
  return {
    ...{ source: CPS_SOURCE, table },
    parameters: { intercept: "-3.5", weight_education: "0.75", weight_experience: "0.0625" },
    expected: () =>
      new Map([
        ["mean_score", mean(scores)],
        ["variance_score", variance(scores)],
      ]),
  };
}

function scorecard(): LibraryCase {
  const table = cpsTable("education", "experience");
  const experience = numbers(table, "experience");
  // Exact in doubles: the weights are multiples of 1/16.
  const passed = numbers(table, "education").filter(
    (years, row) => 0.75 * years + 0.0625 * experience[row]! - 3.25 >= 7,
  );
  return {
    ...{ source: CPS_SOURCE, table },
    parameters: { weight_education: "0.75", weight_experience: "0.0625", intercept: "-3.25", threshold: "7" },
    expected: () =>
      new Map([
        ["passed", passed.length],
        ["share", passed.length / experience.length],
      ]),
  };
}

function wageBins() {
  const table = cpsTable("wage");
  const edges = [5, 10, 15, 20, 25, 30];
  const binOf = (wage: number) => edges.filter((edge) => wage >= edge).length;
  const bins = numbers(table, "wage").map(binOf);
  const counts = [...edges, Infinity].map((_, bin) => bins.filter((each) => each === bin).length);
  return { table, counts };
}

function histogram(): LibraryCase {
  const { table, counts } = wageBins();
  return {
    ...{ source: CPS_SOURCE, table },
    expected: () => {
      // Bins of fewer than five rows are suppressed, and with them the highest one that is not.
      const small = counts.map((count) => count < 5);
      const companion = small.some(Boolean) ? small.lastIndexOf(false) : -1;
      return new Map(
        counts.map((count, bin): [string, Expected] => [
          `count_${bin}`,
          small[bin] || bin === companion ? "suppressed" : count,
        ]),
      );
    },
  };
}

function groupStatistics(): LibraryCase {
  const table = cpsTable("wage", "occupation");
  return {
    ...{ source: CPS_SOURCE, table },
    expected: () =>
      new Map(
        OCCUPATIONS.flatMap((occupation, index): [string, number][] => {
          const wages = where(table, "wage", "occupation", occupation);
          return [
            [`rows_${index}`, wages.length],
            [`mean_${index}`, mean(wages)],
            [`variance_${index}`, variance(wages)],
          ];
        }),
      ),
  };
}

function welchTTest(): LibraryCase {
  const table = cpsTable("wage", "union");
  return {
    ...{ source: CPS_SOURCE, table },
    expected: () => {
      const test = welch(where(table, "wage", "union", "yes"), where(table, "wage", "union", "no"));
      return new Map([
        ["difference", test.difference],
        ["t", test.t],
        ["degrees_of_freedom", test.degreesOfFreedom],
      ]);
    },
  };
}

function sexAndOccupation(): LibraryCase {
  const table = cpsTable("sex", "occupation");
  const occupations = table.occupation!;
  const counts = ["female", "male"].map((sex) =>
    OCCUPATIONS.map(
      (occupation) => table.sex!.filter((each, row) => each === sex && occupations[row] === occupation).length,
    ),
  );
  return {
    ...{ source: CPS_SOURCE, table },
    expected: () =>
      new Map([
        ...counts.flatMap((row, i) => row.map((count, j): [string, number] => [`cell_${i}_${j}`, count])),
        ["chi_square", chiSquare(counts)],
        ["degrees_of_freedom", OCCUPATIONS.length - 1],
      ]),
  };
}

function correlations(): LibraryCase {
  const table = cpsTable("wage", "education", "experience");
  const columns = ["wage", "education", "experience"].map((name) => numbers(table, name));
  const pairs = [
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const;
  return {
    ...{ source: CPS_SOURCE, table },
    expected: () =>
      new Map([
        ...columns.map((column, i): [string, number] => [`mean_${i}`, mean(column)]),
        ...pairs.map(([i, j]): [string, number] => [`correlation_${i}_${j}`, correlation(columns[i]!, columns[j]!)]),
      ]),
  };
}

/** Log wages, rounded to the 18 bits that the programs say, on the regressors of the wage equation. */
function wageEquation(table: Table, education: string, experience: string) {
  const years = numbers(table, experience);
  const regressors = numbers(table, education).map((schooling, row) => [
    ...[schooling, years[row]!, years[row]! ** 2],
    ...[table.sex![row] === "female" ? 1 : 0, table.union![row] === "yes" ? 1 : 0],
  ]);
  return leastSquares(regressors, encoded(numbers(table, "wage").map(Math.log), 18));
}

/** What ml.js's inverse of XᵀX leaves right of a double, its condition number being some 10^7. */
const LEAST_SQUARES_SLACK = 1e-10;

function momentRegression(): LibraryCase {
  const table = cpsTable("wage", "education", "experience", "sex", "union");
  return {
    ...{ source: CPS_SOURCE, table, slack: LEAST_SQUARES_SLACK },
    expected: () => {
      const { coefficients, standardErrors, residualVariance, rSquared } = wageEquation(
        table,
        "education",
        "experience",
      );
      return new Map([
        ["residual_variance", residualVariance],
        ["r_squared", rSquared],
        ...coefficients.map((value, j): [string, number] => [`coefficient_${j}`, value]),
        ...standardErrors.map((value, j): [string, number] => [`standard_error_${j}`, value]),
      ]);
    },
  };
}

function linearRegression(): LibraryCase {
  const table = cpsTable("wage", "years_of_education", "years_of_experience", "sex", "union");
  const names = ["intercept", "education", "experience", "experience_squared", "female", "union_member"];
  return {
    ...{ source: CPS_SOURCE, table, slack: LEAST_SQUARES_SLACK },
    expected: () => {
      const fit = wageEquation(table, "years_of_education", "years_of_experience");
      return new Map([
        ["residual_variance", fit.residualVariance],
        ...names.flatMap((name, j): [string, number][] => [
          [`coefficient_${name}`, fit.coefficients[j]!],
          [`standard_error_${name}`, fit.standardErrors[j]!],
          [`t_${name}`, fit.coefficients[j]! / fit.standardErrors[j]!],
        ]),
      ]);
    },
  };
}

function logisticRegression(ridge: number): LibraryCase {
  const table = cpsTable("years_of_education", "years_of_experience", "sex", "union");
  return {
    ...{ source: CPS_SOURCE, table },
    expected: () => {
      const experience = numbers(table, "years_of_experience");
      const regressors = numbers(table, "years_of_education").map((schooling, row) => [
        ...[schooling, experience[row]!, table.sex![row] === "female" ? 1 : 0],
      ]);
      const unionised = table.union!.map((union) => union === "yes");
      const weights = ridgeLogistic(regressors, unionised, ridge, [16, 32, 1]);
      const names = ["intercept", "education", "experience", "female"];
      return new Map(names.map((name, j): [string, number] => [`coefficient_${name}`, weights[j]!]));
    },
  };
}

function principalComponents(): LibraryCase {
  const names = ["wage", "years_of_education", "years_of_experience"];
  const table = cpsTable(...names);
  const columns = names.map((name) => encoded(numbers(table, name), name === "wage" ? 10 : 0));
  return {
    // Vectors are as they were computed; what is certain of them is in the eigenvalues' errors.
    ...{ source: CPS_SOURCE, table, slack: 1e-4 },
    expected: () => {
      const pairs = eigenpairs(columns.map((one) => columns.map((two) => correlation(one, two))));
      return new Map([
        ...columns.map((column, i): [string, number] => [`deviation_${i}`, Math.sqrt(variance(column))]),
        ...pairs
          .slice(0, 2)
          .flatMap(({ value, vector }, k): [string, number][] => [
            [`eigenvalue_${k}`, value],
            [`share_${k}`, value / 3],
            ...vector.map((each, i): [string, number] => [`weight_${k}_${i}`, each]),
          ]),
      ]);
    },
  };
}

function workerClusters(): LibraryCase {
  const names = ["years_of_education", "years_of_experience"];
  const table = cpsTable(...names);
  const starts = [
    [16, 5],
    [12, 20],
    [8, 40],
  ];
  const divisors = [4, 8];
  const divided = (point: readonly number[]) => point.map((value, d) => value / divisors[d]!);
  const [education, experience] = names.map((name) => numbers(table, name));
  const points = education!.map((years, row) => [years, experience![row]!]);
  return {
    ...{ source: CPS_SOURCE, table },
    parameters: Object.fromEntries(
      starts.flatMap((start, cluster) => names.map((name, d) => [`start_${cluster}_${name}`, String(start[d])])),
    ),
    expected: () => {
      const clusters = lloyd(points.map(divided), starts.map(divided), 10);
      const found = starts.map((_, cluster) => {
        const own = points.filter((__, row) => clusters[row] === cluster);
        const centre = names.map((__, d) => mean(own.map((point) => point[d]!)));
        const within = own.reduce(
          (total, point) =>
            total + point.reduce((squares, x, d) => squares + ((x - centre[d]!) / divisors[d]!) ** 2, 0),
          0,
        );
        return { rows: own.length, centre, within };
      });
      return new Map([
        ...found.flatMap(({ rows, centre, within }, cluster): [string, number][] => [
          [`rows_${cluster}`, rows],
          ...names.map((name, d): [string, number] => [`centre_${cluster}_${name}`, centre[d]!]),
          [`within_${cluster}`, within],
        ]),
        ["within", found.reduce((total, { within }) => total + within, 0)],
      ]);
    },
  };
}

function privateHistogram(): LibraryCase {
  const { table, counts } = wageBins();
  return {
    // Another row moves two counts by one: a scale of 2 / 0.5.
    ...{ source: CPS_SOURCE, table, noise: mostLaplace(4) },
    expected: () => new Map(counts.map((count, bin) => [`count_${bin}`, count])),
  };
}

function privateMean(): LibraryCase {
  const table = cpsTable("wage");
  const wages = numbers(table, "wage");
  return {
    // Another row moves the sum by 50: a scale of 50 / 0.5.
    ...{ source: CPS_SOURCE, table, noise: mostLaplace(100) / wages.length },
    expected: () => new Map([["mean", mean(wages.map((wage) => Math.min(wage, 50)))]]),
  };
}

function descriptiveStatistics(): LibraryCase {
  const table = cpsTable("wage");
  const wages = numbers(table, "wage");
  const exact = encoded(wages, 22);
  return {
    ...{ source: CPS_SOURCE, table },
    expected: () =>
      new Map([
        ["count", wages.length],
        ["mean", mean(wages)],
        ["variance", variance(wages)],
        ["standard_deviation", Math.sqrt(variance(wages))],
        ["minimum", Math.min(...exact)],
        ...[1, 2, 3].map((quarter): [string, number] => [`quartile_${quarter}`, quantile(exact, quarter / 4)]),
        ["maximum", Math.max(...exact)],
      ]),
  };
}

/** The experiment's buyers bid what the good is worth to them. */
function secondPriceAuction(): LibraryCase {
  const bids = LIMIT_PRICES_CENTS;
  return {
    ...{ source: EXPERIMENT_SOURCE, table: { bidder: bids.map((_, index) => index + 1), bid: bids } },
    parameters: { reserve: "200" },
    expected: () => {
      const [highest, second] = bids.toSorted((a, b) => b - a);
      return new Map([
        ["sold", 1],
        ["winner", bids.indexOf(highest!) + 1],
        ["price", second!],
      ]);
    },
  };
}

function doubleAuction(): LibraryCase {
  const prices = LIMIT_PRICES_CENTS;
  const both = [...prices, ...prices];
  return {
    source: EXPERIMENT_SOURCE,
    table: {
      side: [...prices.map(() => "bid"), ...prices.map(() => "ask")],
      ...{ price: both, quantity: both.map(() => 1) },
    },
    // As published.
    expected: () =>
      new Map([
        ["price", 200],
        ["quantity", 6],
      ]),
  };
}

/** The trial's weeks stand in the column `months`: the program counts in whichever unit its grid is. */
function kaplanMeier(): LibraryCase {
  const { weeks, relapsed } = remissions();
  const grid = Array.from({ length: 12 }, (_, quarter) => 3 * (quarter + 1));
  return {
    ...{ source: LEUKEMIA_SOURCE, table: { months: weeks, event: relapsed.map((event) => (event ? "yes" : "no")) } },
    expected: () => {
      const onGrid = weeks.map((time) => 3 * Math.ceil(time / 3));
      return new Map(
        survival(onGrid, relapsed, grid).map((value, index): [string, number] => [`survival_${index}`, value]),
      );
    },
  };
}

function intersectionSize(): LibraryCase {
  const { female, male } = firstNames();
  return {
    source: NAMES_SOURCE,
    table: { first_key: female.map(keyOf) },
    further: [{ second_key: male.map(keyOf) }],
    expected: () => new Map([["common", [...new Set(female)].filter((name) => male.includes(name)).length]]),
  };
}

/** Employers know the wages of persons, schools the education of most of them, in another order. */
function joinedStatistics(): LibraryCase {
  const { wage, education } = cpsTable("wage", "education");
  const keyed = wage!.map((amount, row) => ({
    person: keyOf(`person ${row}`),
    amount,
    years: Number(education![row]),
  }));
  const known = keyed.filter((_, row) => row % 16 !== 0).toReversed();
  const levels = ["below high school", "high school", "some college", "college"];
  const levelOf = (years: number) => levels[[12, 13, 16].filter((least) => years >= least).length]!;
  return {
    source: CPS_SOURCE,
    table: { person: keyed.map(({ person }) => person), wage: wage! },
    further: [{ person: known.map(({ person }) => person), education_level: known.map(({ years }) => levelOf(years)) }],
    expected: () =>
      new Map(
        levels.flatMap((level, index): [string, number][] => {
          const wages = known.filter(({ years }) => levelOf(years) === level).map(({ amount }) => Number(amount));
          return [
            [`rows_${index}`, wages.length],
            [`mean_${index}`, mean(wages)],
            [`variance_${index}`, variance(wages)],
          ];
        }),
      ),
  };
}

/** Education, experience and the scores of a linear model of them, row by row. */
function scored(table: Table, intercept: number, ofEducation: number, ofExperience: number): number[] {
  const experience = numbers(table, "experience");
  return numbers(table, "education").map(
    (years, row) => intercept + ofEducation * years + ofExperience * experience[row]!,
  );
}

function linearScore(): LibraryCase {
  const table = cpsTable("education", "experience", "sex");
  const scores = scored(table, -3.25, 0.75, -0.0625);
  return {
    ...{ source: CPS_SOURCE, table },
    privateInputs: { intercept: "-3.25", weight_education: "0.75", weight_experience: "-0.0625" },
    expected: () =>
      new Map([
        ...["female", "male"].flatMap((sex, index): [string, number][] => {
          const own = scores.filter((_, row) => table.sex![row] === sex);
          return [
            [`rows_${index}`, own.length],
            [`mean_${index}`, mean(own)],
          ];
        }),
        ["mean_score", mean(scores)],
      ]),
  };
}

/** Rows and the mean wage of each group, those below five rows suppressed and with them the first that is not; and whether any is. */
function protectedMeans(groups: readonly (readonly number[])[]): {
  figures: [string, Expected][];
  isAnySmall: boolean;
} {
  const small = groups.map((wages) => wages.length < 5);
  const companion = small.some(Boolean) ? small.indexOf(false) : -1;
  const figures = groups.flatMap((wages, index): [string, Expected][] => {
    const isHidden = small[index] || index === companion;
    return [
      [`rows_${index}`, isHidden ? "suppressed" : wages.length],
      [`mean_${index}`, isHidden ? "suppressed" : mean(wages)],
    ];
  });
  return { figures, isAnySmall: companion >= 0 };
}

function logisticScore(): LibraryCase {
  const table = cpsTable("education", "experience", "wage");
  const probabilities = scored(table, -2, 0.25, -0.0625).map((score) => 1 / (1 + Math.exp(-score)));
  const wages = numbers(table, "wage");
  return {
    ...{ source: CPS_SOURCE, table },
    privateInputs: { intercept: "-2", weight_education: "0.25", weight_experience: "-0.0625" },
    expected: () => {
      const bins = Array.from({ length: 10 }, (_, bin) =>
        wages.filter((__, row) => Math.floor(10 * probabilities[row]!) === bin),
      );
      const { figures, isAnySmall } = protectedMeans(bins);
      return new Map([...figures, ["mean_probability", isAnySmall ? "suppressed" : mean(probabilities)]]);
    },
  };
}

/** A tree of depth 3: features and thresholds of its nodes in the order of a heap, classes of its leaves from the left. */
const TREE = {
  nodes: [
    ["education", 13],
    ["experience", 10],
    ["experience", 8.5],
    ["education", 8],
    ["education", 11],
    ["education", 16],
    ["education", 17],
  ],
  leaves: [0, 1, 0, 1, 1, 2, 0, 2],
} as const;

function treeScore(): LibraryCase {
  const table = cpsTable("education", "experience", "wage");
  const wages = numbers(table, "wage");
  const features = { education: numbers(table, "education"), experience: numbers(table, "experience") };
  const classOf = (row: number): number => {
    let node = 1;
    while (node <= TREE.nodes.length) {
      const [feature, threshold] = TREE.nodes[node - 1]!;
      node = 2 * node + (features[feature][row]! >= threshold ? 1 : 0);
    }
    return TREE.leaves[node - 1 - TREE.nodes.length]!;
  };
  return {
    ...{ source: CPS_SOURCE, table },
    privateInputs: Object.fromEntries([
      ...TREE.nodes.flatMap(([used, threshold], index): [string, string][] => [
        ...["education", "experience"].map((feature): [string, string] => [
          `node_${index + 1}_uses_${feature}`,
          feature === used ? "1" : "0",
        ]),
        [`node_${index + 1}_threshold`, String(threshold)],
      ]),
      ...TREE.leaves.map((label, leaf): [string, string] => [`leaf_${leaf}_class`, String(label)]),
    ]),
    expected: () => {
      const classes = wages.map((_, row) => classOf(row));
      return new Map(
        protectedMeans([0, 1, 2].map((label) => wages.filter((_, row) => classes[row] === label))).figures,
      );
    },
  };
}

export const libraryCases: ReadonlyMap<string, () => LibraryCase> = new Map([
  ["pay_gap", payGap],
  ["weighted_score", weightedScore],
  ["wage_histogram", histogram],
  ["wage_by_occupation", groupStatistics],
  ["wage_t_test_by_union", welchTTest],
  ["sex_and_occupation", sexAndOccupation],
  ["scorecard", scorecard],
  ["wage_correlations", correlations],
  ["wage_moment_regression", momentRegression],
  ["log_wage_regression", linearRegression],
  ["union_regression", () => logisticRegression(1)],
  ["union_regression_by_gradient", () => logisticRegression(4)],
  ["wage_components", principalComponents],
  ["worker_clusters", workerClusters],
  ["private_wage_histogram", privateHistogram],
  ["private_mean_wage", privateMean],
  ["descriptive_statistics", descriptiveStatistics],
  ["second_price_auction", secondPriceAuction],
  ["double_auction", doubleAuction],
  ["kaplan_meier", kaplanMeier],
  ["intersection_size", intersectionSize],
  ["wage_by_joined_education", joinedStatistics],
  ["linear_score", linearScore],
  ["logistic_score", logisticScore],
  ["tree_score", treeScore],
]);

/** Says which programs have no case, and which cases no program. */
export function caseProblems(programs: Iterable<string>): string[] {
  const known = new Set(programs);
  return [
    ...[...known]
      .filter((name) => !libraryCases.has(name))
      .map((name) => `the program ${name} of the library has no case in scripts/library/cases.ts`),
    ...[...libraryCases.keys()]
      .filter((name) => !known.has(name))
      .map((name) => `the case ${name} of scripts/library/cases.ts has no program in the library`),
  ];
}
