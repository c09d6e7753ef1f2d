/** The private inputs that a request names: as its program wants them, its buyer's, and at hand. */
import { privateInputsOf } from "@sharebridge/algorithms/language/private-inputs.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { ZeroHash } from "ethers";
import type { ChainRequest } from "../chain/chain-reader.ts";
import { lower } from "../chain/hex.ts";
import { decodePackage } from "../sharing/package.ts";
import type { SharedVector } from "../sharing/shared-vector.ts";
import { columnVector, expandPackage } from "../sharing/table.ts";
import type { Store, StoredPrivateInputs } from "../store/store.ts";
import type { NodeContext } from "./context.ts";
import { NodeError } from "./errors.ts";

/** What the chain says of them. */
export interface NamedInputs {
  /** bytes32, lower-case hex. */
  readonly commitment: string;
  /** Lower-case hex, like `buyer`. */
  readonly market: string;
  readonly buyer: string;
  /** As many as the program takes. */
  readonly count: number;
  readonly deadlineUnixS: bigint;
}

/** Gets what this node lacks from its peers, or throws. */
export type ObtainInputs = (named: NamedInputs) => Promise<void>;

/** Null where a request names none and its program takes none. Throws `PrivateInputsInvalid` for one without the other. */
export function namedInputs(
  program: Program,
  { market, request }: Pick<ChainRequest, "market" | "request">,
): NamedInputs | null {
  const count = privateInputsOf(program).length;
  const commitment = lower(request.privateInputs);
  if (commitment === ZeroHash && count === 0) return null;
  if (commitment === ZeroHash) {
    throw new NodeError(
      "PrivateInputsInvalid",
      `program ${program.name} takes ${count} private inputs; the request names none`,
    );
  }
  if (count === 0) {
    throw new NodeError(
      "PrivateInputsInvalid",
      `program ${program.name} takes no private inputs; the request names some`,
    );
  }
  return {
    commitment,
    market: lower(market),
    buyer: lower(request.buyer),
    count,
    deadlineUnixS: request.deadlineUnixS,
  };
}

/** Check: here for this very buyer and market; kept until the request's deadline from now on. */
export async function checkNamedInputs(
  { store, epoch }: Pick<NodeContext, "store" | "epoch">,
  named: NamedInputs,
  obtain: ObtainInputs,
): Promise<void> {
  const { commitment } = named;
  if ((await store.privateInputs(commitment)) === null) await obtain(named);
  const stored = await store.privateInputs(commitment);
  if (stored === null) throw notHeld(named);
  if (!isNamed(stored, named) || stored.epoch !== epoch) {
    throw new NodeError(
      "PrivateInputsMismatch",
      `the private inputs ${commitment} were shared for another buyer, market, epoch or program than those of the request`,
    );
  }
  await store.keepPrivateInputs(commitment, named.deadlineUnixS);
}

/** This seat's shares of the words. Throws `PrivateInputsMissing`. */
export async function loadNamedInputs(store: Pick<Store, "privateInputs">, named: NamedInputs): Promise<SharedVector> {
  const stored = await store.privateInputs(named.commitment);
  if (stored === null || !isNamed(stored, named)) throw notHeld(named);
  const shape = { columns: 1, rows: stored.count };
  return columnVector(await expandPackage(decodePackage(stored.package, stored.seat, shape), shape), 0);
}

function isNamed({ market, buyer, count }: StoredPrivateInputs, named: NamedInputs): boolean {
  return market === named.market && buyer === named.buyer && count === named.count;
}

export const notHeld = ({ commitment }: NamedInputs) =>
  new NodeError(
    "PrivateInputsMissing",
    `this node does not hold the private inputs ${commitment}, and no peers give them: they have to be uploaded to three nodes before the request`,
  );
