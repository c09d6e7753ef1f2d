/** Keys for tests: the real ones, in folders that are removed with the process's temporary folder of the test. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKeys, type NodeKeys } from "@sharebridge/mpc-nodes/node/keys.ts";

export class Folders {
  #root: string | undefined;
  #count = 0;

  /** A path in which nothing is yet. */
  next(): string {
    this.#root ??= mkdtempSync(join(tmpdir(), "sharebridge-node-"));
    this.#count++;
    return join(this.#root, `node-${this.#count}`);
  }

  async keys(count: number): Promise<{ folder: string; keys: NodeKeys }[]> {
    const nodes: { folder: string; keys: NodeKeys }[] = [];
    for (let i = 0; i < count; i++) {
      const folder = this.next();
      nodes.push({ folder, keys: await createKeys(folder) });
    }
    return nodes;
  }

  remove(): void {
    if (this.#root !== undefined) rmSync(this.#root, { recursive: true });
  }
}
