/** A stored dataset as the chain shows it. */
import type { ChainDataset, ChainView } from "../chain/chain-reader.ts";
import type { DatasetEntry } from "../store/store.ts";
import type { NodeContext } from "./context.ts";
import { NodeError } from "./errors.ts";

/** Throws `UnknownDataset`, `CommitmentMismatch`, and `WrongEpoch` for what is not of this node's committee and epoch. */
export async function registeredDataset(
  { committeeId, epoch }: Pick<NodeContext, "committeeId" | "epoch">,
  view: ChainView,
  stored: DatasetEntry,
): Promise<ChainDataset> {
  const dataset = await view.dataset(stored.datasetId);
  if (dataset === null)
    throw new NodeError("UnknownDataset", `no dataset ${stored.datasetId} is registered on this chain`);
  if (dataset.commitment !== stored.commitment) {
    throw new NodeError(
      "CommitmentMismatch",
      `the chain shows commitment ${dataset.commitment}, the shares stored here match ${stored.commitment}`,
    );
  }
  if (dataset.committeeId !== committeeId || dataset.epoch !== epoch) {
    throw new NodeError(
      "WrongEpoch",
      `the dataset is bound to committee ${dataset.committeeId}, epoch ${dataset.epoch}; this node serves ${committeeId}, ${epoch}`,
    );
  }
  return dataset;
}
