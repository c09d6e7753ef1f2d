import { decodeProgram, programHash } from "@sharebridge/algorithms/language/encode.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { library } from "@sharebridge/algorithms/library/index.ts";
import { SdkError } from "../errors/sdk-error.ts";
import type { Connection } from "./connect.ts";

/**
 * The program with this hash: from the standard library, or from the connection's program source. Whatever a source
 * gives is believed only if it hashes to the id that the chain names.
 *
 * @example
 * const program = await findProgram(connection, market.terms.algorithm);
 *
 * @throws SdkError UnknownProgram, ProgramMismatch
 */
export async function findProgram(connection: Pick<Connection, "programSource">, hash: string): Promise<Program> {
  for (const program of library.values()) {
    if (programHash(program) === hash) return program;
  }
  const encoding = await connection.programSource(hash);
  if (encoding === null) {
    throw new SdkError(
      "UnknownProgram",
      `The program ${hash} is not in the standard library. Put its encoding as ${hash}.json where the network file's "programs" points.`,
    );
  }
  const found = programHash(encoding);
  if (found !== hash) {
    throw new SdkError("ProgramMismatch", `The program found for ${hash} hashes to ${found}: it is another one.`);
  }
  return decodeProgram(encoding);
}

/** A source that fetches `<base>/<hash>.json`. */
export function programsAt(base: string, fetch: typeof globalThis.fetch = globalThis.fetch) {
  return async (hash: string): Promise<Uint8Array | null> => {
    const response = await fetch(`${base.replace(/\/+$/, "")}/${hash}.json`, { signal: AbortSignal.timeout(30_000) });
    return response.ok ? new Uint8Array(await response.arrayBuffer()) : null;
  };
}
