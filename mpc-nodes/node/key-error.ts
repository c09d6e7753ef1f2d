/** What can be wrong with a node's keys or its folder. */
export type KeyErrorCode =
  /** Keys are there already; they are never overwritten. */
  | "KeysExist"
  | "KeysMissing"
  /** Others than the operator can read the file. */
  | "KeysExposed"
  | "KeysMalformed";

export class KeyError extends Error {
  readonly code: KeyErrorCode;

  constructor(code: KeyErrorCode, message: string) {
    super(message);
    this.name = "KeyError";
    this.code = code;
  }
}
