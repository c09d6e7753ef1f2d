/**
 * The node's log: JSON lines. What is logged is chosen field by field (ids, seats, counts, codes); the redaction below is
 * the second line, for a field that should never have come here.
 */
import pino, { type DestinationStream, type Logger } from "pino";

export type Log = Logger;

const secrets = [
  "signingKey",
  "sealingPrivateKey",
  "privateKey",
  "storageKey",
  "tlsKeyPem",
  "keyPem",
  "package",
  "opening",
  "sealed",
  "share",
  "shares",
  "salt",
  "salts",
  "seed",
  "seeds",
  "requestKeys",
  "rpcUrl",
  "authorization",
];

export function createLog(level: string, destination?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    redact: { paths: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: "[redacted]" },
    serializers: { error: errorForLog },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** Errors of ours are sentences made for readers. Of others only name and code are kept: a message may quote a URL or bytes. */
export function errorForLog(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { name: typeof error };
  const { code } = error as { code?: unknown };
  const known = typeof code === "string" && /^[A-Z][a-z]/.test(code);
  const at = known
    ? undefined
    : error.stack
        ?.split("\n")
        .find((line) => line.trimStart().startsWith("at "))
        ?.trim();
  return { name: error.name, code, message: known ? error.message : undefined, at };
}
