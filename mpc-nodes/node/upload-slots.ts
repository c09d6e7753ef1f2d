/** Places for uploads that are being received, and room on the disk for what they bring. */
import type { Store } from "../store/store.ts";
import { NodeError } from "./errors.ts";
import type { Settings } from "./settings.ts";

export interface Expected {
  readonly datasetId: string;
  /** Lower-case hex. */
  readonly owner: string;
  /** Manifest and package. */
  readonly bytes: number;
}

type Limits = Pick<Settings, "maxConcurrentUploads" | "maxStoredBytes" | "maxStoredBytesPerOwner">;

export class UploadSlots {
  readonly #store: Pick<Store, "storedBytes">;
  readonly #limits: Limits;
  readonly #taken = new Map<string, Expected>();

  constructor(store: Pick<Store, "storedBytes">, limits: Limits) {
    this.#store = store;
    this.#limits = limits;
  }

  /**
   * Runs `receive` while it holds a place, one per dataset, and room for `expected`. Only an upload whose owner's signature
   * was verified may ask. Throws `UploadsBusy`, `StorageFull`, `OwnerQuotaExceeded`.
   */
  async hold<T>(expected: Expected, receive: () => Promise<T>): Promise<T> {
    const { datasetId } = expected;
    if (this.#taken.has(datasetId)) {
      throw new NodeError("UploadsBusy", `dataset ${datasetId} is being received already; try again in a moment`);
    }
    if (this.#taken.size >= this.#limits.maxConcurrentUploads) {
      throw new NodeError("UploadsBusy", `${this.#taken.size} uploads are being received; try again in a moment`);
    }
    this.#taken.set(datasetId, expected);
    try {
      await this.#checkRoom(expected);
      return await receive();
    } finally {
      this.#taken.delete(datasetId);
    }
  }

  /** Uploads under way count as if they were stored. */
  async #checkRoom({ owner }: Expected): Promise<void> {
    const { maxStoredBytes, maxStoredBytesPerOwner } = this.#limits;
    const stored = await this.#store.storedBytes();
    const owned = await this.#store.storedBytes(owner);
    const coming = [...this.#taken.values()];
    if (stored + total(coming) > maxStoredBytes) {
      throw new NodeError("StorageFull", `this node stores at most ${maxStoredBytes} bytes of datasets`);
    }
    if (owned + total(coming.filter((other) => other.owner === owner)) > maxStoredBytesPerOwner) {
      throw new NodeError(
        "OwnerQuotaExceeded",
        `this node stores at most ${maxStoredBytesPerOwner} bytes of one owner's datasets; ${owner} has ${owned}`,
      );
    }
  }
}

const total = (uploads: readonly Expected[]) => uploads.reduce((sum, { bytes }) => sum + bytes, 0);
