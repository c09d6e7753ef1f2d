/** An error as a sentence for the operator. */
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import { ChainError } from "../chain/errors.ts";
import { EngineError } from "../engine/errors.ts";
import { StoreError } from "../store/errors.ts";
import { TransportError } from "../transport/errors.ts";
import { ApprovalError } from "./approval-error.ts";
import { ApprovalRulesError } from "./approval-rules-error.ts";
import { NodeError } from "./errors.ts";
import { FileError } from "./file-error.ts";
import { KeyError } from "./key-error.ts";
import { SettingsError } from "./settings-error.ts";

const ours = [
  ...[ApprovalError, ApprovalRulesError, ChainError, EngineError, FileError, KeyError, NodeError],
  ...[ProgramError, SettingsError, StoreError, TransportError],
];

/** Messages of ours are sentences without secrets. Of others only the name and the system's code are repeated. */
export function describeError(error: unknown): string {
  if (ours.some((kind) => error instanceof kind))
    return `${(error as Error).message} [${(error as { code: string }).code}]`;
  if (!(error instanceof Error)) return "an unknown failure";
  const { code, syscall, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  if (code === "EADDRINUSE")
    return `${address}:${port} is in use: another program listens there, or this node runs already`;
  return [error.name, code, syscall].filter((part) => part !== undefined).join(" ");
}
