/** The algorithm language and its standard library: all that authors, sellers, buyers and nodes use of it. */
export { type Analysis, analyse, type NoiseBounds, type OutputBounds, type ValueBounds } from "./language/analysis.ts";
export {
  type ColumnShape,
  type Definition,
  type Group,
  type GroupMinimum,
  type MatchKeys,
  type Public,
  type Secret,
  type SecretBit,
  type SecretMatching,
  type SecretOrder,
  type SortKey,
  type Table,
  type TableDefinition,
  type Tracer,
  trace,
  type Value,
} from "./language/builder.ts";
export { canonicalJson } from "./language/canonical-json.ts";
export { checkProgram, type ValueType } from "./language/check.ts";
export { cohortShortfall, type Exposure, exposureOf } from "./language/cohort.ts";
export { checkColumns } from "./language/columns.ts";
export { type Contributions, ofOneSeller } from "./language/contributions.ts";
export { disclosureHash, disclosureStatement } from "./language/disclosure.ts";
export { decodeProgram, encodeProgram, programHash } from "./language/encode.ts";
export { ProgramError, type ProgramErrorCode, ValueError, type ValueErrorCode } from "./language/errors.ts";
export { expression, expressionText } from "./language/expression.ts";
export {
  type DefinedFigure,
  type Figure,
  finish,
  groupsOpened,
  outputFigures,
  tableRows,
  type UndefinedFigure,
} from "./language/finish.ts";
export { answerLength } from "./language/groups.ts";
export { costText, type PrivacyTerms, privacyTermsOf, termsMismatch } from "./language/market-terms.ts";
export { checkParameters, encodeParameterTexts } from "./language/parameters.ts";
export { higher, lower, type Position, rowAt } from "./language/position.ts";
export { printProgram } from "./language/print.ts";
export { type PrivacyCost, privacyCostOf } from "./language/privacy-cost.ts";
export { encodePrivateInputTexts, PRIVATE_INPUTS, privateInputsOf } from "./language/private-inputs.ts";
export {
  type Expression,
  type Instruction,
  MAX_INSTRUCTIONS,
  MAX_PROGRAM_BYTES,
  type Parameter,
  PROGRAM_VERSION,
  type PrivacyUnit,
  type PrivateInput,
  type Program,
  type Protection,
  programSchema,
} from "./language/program.ts";
export { evaluateReal, evaluateWords, finishReal, openedGroups } from "./language/reference.ts";
export { type Mismatch, type MismatchCode, mismatches, satisfies } from "./language/satisfies.ts";
export {
  type CategoryColumn,
  type Column,
  columnSchema,
  MAX_COLUMNS,
  MAX_FRACTION_BITS,
  MAX_ROWS,
  type NumberColumn,
  schemaHash,
  type TableSchema,
  tableSchema,
} from "./language/schema.ts";
export { type StoredColumn, storedColumns } from "./language/stored-columns.ts";
export { inputName, type Placement, placementOf, type Rows, tablesOf } from "./language/tables.ts";
export {
  columnOf,
  decodeValue,
  decodeWord,
  encodeColumn,
  encodeDecimal,
  encodeValue,
  sourceOf,
  toSigned,
  toUnsigned,
  wordRange,
  wordToNumber,
} from "./language/words.ts";
export {
  chiSquare,
  chiSquareOf,
  correlationMatrix,
  correlationMatrixOf,
  DEFAULT_MINIMUM,
  descriptiveStatistics,
  descriptiveStatisticsOf,
  doubleAuction,
  groupStatistics,
  groupStatisticsOf,
  histogram,
  histogramOf,
  intersectionSize,
  intersectionSizeOf,
  joinedStatistics,
  joinedStatisticsOf,
  kaplanMeier,
  kaplanMeierOf,
  kMeans,
  kMeansOf,
  library,
  linearRegression,
  linearRegressionOf,
  linearScore,
  linearScoreOf,
  logisticGradient,
  logisticGradientOf,
  logisticRegression,
  logisticRegressionOf,
  logisticScore,
  logisticScoreOf,
  type MomentRegressor,
  momentRegression,
  momentRegressionOf,
  payGap,
  principalComponents,
  principalComponentsOf,
  privateHistogram,
  privateHistogramOf,
  privateMean,
  privateMeanOf,
  scorecard,
  secondPriceAuction,
  treeScore,
  treeScoreOf,
  weightedScore,
  welchTTest,
  welchTTestOf,
} from "./library/index.ts";
