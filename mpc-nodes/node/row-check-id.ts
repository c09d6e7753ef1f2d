/**
 * The id of a session that checks a dataset's rows, in the place of a request's: the first 30 bytes of the dataset's id, then the number
 * of the session (u16). So whoever hears of one finds the dataset, and no number is used twice.
 */
const DATASET_CHARACTERS = 2 + 60;

export const MAX_ROW_CHECK_RUNS = 65_536;

export function rowCheckIdOf(datasetId: string, run: number): string {
  return datasetId.slice(0, DATASET_CHARACTERS) + run.toString(16).padStart(4, "0");
}

export interface RowCheckId {
  /** What the dataset's id begins with. */
  readonly prefix: string;
  readonly run: number;
}

/** @param id bytes32, lower-case hex; of a request it gives a prefix that no dataset has */
export function parseRowCheckId(id: string): RowCheckId {
  return { prefix: id.slice(0, DATASET_CHARACTERS), run: Number.parseInt(id.slice(DATASET_CHARACTERS), 16) };
}
