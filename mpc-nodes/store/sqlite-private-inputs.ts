/** The table of private inputs: small, and gone when their time has passed. */
import type { DatabaseSync } from "node:sqlite";
import type { PartyId } from "../math/party.ts";
import { PRIVATE_INPUTS_OVERHEAD_BYTES } from "../wire/limits.ts";
import type { AtRest } from "./at-rest.ts";
import type { StoredPrivateInputs } from "./store.ts";

export class SqlitePrivateInputs {
  readonly #database: DatabaseSync;
  readonly #atRest: AtRest;

  constructor(database: DatabaseSync, atRest: AtRest) {
    this.#database = database;
    this.#atRest = atRest;
  }

  put(inputs: StoredPrivateInputs): boolean {
    const { commitment, seat, epoch, market, buyer, salt, count, shareCommitments, uploader, keptUntilUnixS } = inputs;
    const sealed = this.#atRest.seal({ kind: "privateInputs", id: commitment, seat }, inputs.package);
    const { changes } = this.#database
      .prepare("INSERT INTO private_inputs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
      .run(
        ...[commitment, seat, epoch.toString(), market, buyer, salt, count, JSON.stringify(shareCommitments), uploader],
        ...[keptUntilUnixS, inputs.package.length + PRIVATE_INPUTS_OVERHEAD_BYTES, sealed],
      );
    return Number(changes) > 0;
  }

  find(commitment: string): StoredPrivateInputs | null {
    const row = this.#database.prepare("SELECT * FROM private_inputs WHERE commitment = ?").get(commitment);
    if (row === undefined) return null;
    const seat = row.seat as PartyId;
    return {
      ...{ commitment, seat, epoch: BigInt(row.epoch as string), count: row.count as number },
      ...{ market: row.market as string, buyer: row.buyer as string, salt: row.salt as string },
      shareCommitments: JSON.parse(row.share_commitments as string) as string[],
      uploader: row.uploader as string,
      keptUntilUnixS: BigInt(row.kept_until_unix_s as number),
      package: this.#atRest.open({ kind: "privateInputs", id: commitment, seat }, row.package as Uint8Array),
    };
  }

  bytes(uploader?: string): number {
    const sum = "SELECT coalesce(sum(stored_bytes), 0) AS bytes FROM private_inputs";
    const row =
      uploader === undefined
        ? this.#database.prepare(sum).get()
        : this.#database.prepare(`${sum} WHERE uploader = ?`).get(uploader);
    return Number(row?.bytes);
  }

  keep(commitment: string, untilUnixS: bigint): void {
    this.#database
      .prepare("UPDATE private_inputs SET kept_until_unix_s = max(kept_until_unix_s, ?) WHERE commitment = ?")
      .run(untilUnixS, commitment);
  }

  remove(commitment: string): void {
    this.#database.prepare("DELETE FROM private_inputs WHERE commitment = ?").run(commitment);
  }

  expire(nowUnixS: bigint): number {
    return Number(
      this.#database.prepare("DELETE FROM private_inputs WHERE kept_until_unix_s < ?").run(nowUnixS).changes,
    );
  }
}
