/** A file that the operator named cannot be used. */
export class FileError extends Error {
  readonly code = "UnusableFile";

  constructor(message: string) {
    super(message);
    this.name = "FileError";
  }
}
