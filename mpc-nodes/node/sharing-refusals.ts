/** What the sharing layer finds wrong with an upload, as this node's refusals. */
import { SharingError } from "../sharing/errors.ts";
import { NodeError, type NodeErrorCode } from "./errors.ts";

const codes: Partial<Record<string, NodeErrorCode>> = {
  SealedBytesRejected: "SealedBytesRejected",
  MalformedPackage: "WrongShape",
  WrongShape: "WrongShape",
  CommitmentMismatch: "CommitmentMismatch",
};

export async function sharing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof SharingError ? codes[error.code] : undefined;
    if (code === undefined) throw error;
    throw new NodeError(code, (error as SharingError).message);
  }
}
