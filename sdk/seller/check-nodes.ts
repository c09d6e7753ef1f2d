import { MAX_SEALED_BYTES } from "@sharebridge/mpc-nodes/wire/limits.ts";
import { z } from "zod";
import { SdkError } from "../errors/sdk-error.ts";
import { callNode, type NodeCallOptions } from "../network/call-node.ts";
import { forEachSeat, requireEveryNode } from "../network/each-node.ts";
import type { NodeSeat } from "../network/open-market.ts";
import { type Upload, uploadByteLength } from "./upload-shares.ts";

const decimal = z.string().regex(/^\d{1,78}$/);
const info = z.object({
  signer: z.string(),
  sealingKey: z.string(),
  chainId: decimal,
  committeeId: decimal,
  epoch: decimal,
  seat: z.int(),
  maxUploadBytes: z.int().positive(),
});

const NOTHING_REGISTERED = "Nothing was registered and no gas was spent. Nothing is lost: run the same command again.";

/**
 * Asks the four nodes, before a dataset is registered, whether they will take their shares: each is there, serves the
 * dataset's chain, committee and epoch with the keys on chain, and takes uploads as large as this one.
 *
 * @example
 * await checkNodes(upload, await seatsOf(connection, committeeId, epoch));
 *
 * @throws SdkError TooFewUploads, naming each node that cannot be used; TooLarge with both sizes.
 */
export async function checkNodes(
  upload: Omit<Upload, "signer">,
  seats: readonly NodeSeat[],
  options: NodeCallOptions = {},
): Promise<void> {
  const { successes, failures } = await forEachSeat(seats, (seat) => nodeInfo(upload, seat, options));
  requireEveryNode(failures, seats.length, "are ready to take shares", NOTHING_REGISTERED);
  const tooSmall = successes
    .map(({ seat, value }) => {
      const { total, sealed } = uploadByteLength(upload, seat.seat);
      return { seat: seat.seat, bytes: total, most: Math.min(value, total - sealed + MAX_SEALED_BYTES) };
    })
    .filter(({ bytes, most }) => bytes > most);
  if (tooSmall.length === 0) return;
  const sizes = tooSmall.map(({ seat, bytes, most }) => `Node ${seat} takes ${most} bytes, its upload has ${bytes}.`);
  throw new SdkError(
    "TooLarge",
    `The table is too large for the nodes. ${sizes.join(" ")} Nothing was registered. Split the table into several datasets.`,
  );
}

/** Most bytes that a node takes; throws when what answers there is not the node that the chain names. */
async function nodeInfo(upload: Omit<Upload, "signer">, seat: NodeSeat, options: NodeCallOptions): Promise<number> {
  const { connection, committeeId, epoch } = upload;
  const call = { seat: seat.seat, endpoint: seat.endpoint, method: "GET", path: "/v1/info" } as const;
  const found = await callNode(call, info, options);
  const matches =
    found.seat === seat.seat &&
    found.signer.toLowerCase() === seat.signer.toLowerCase() &&
    found.sealingKey.toLowerCase() === seat.sealingKey.toLowerCase() &&
    BigInt(found.chainId) === connection.chainId &&
    BigInt(found.committeeId) === committeeId &&
    BigInt(found.epoch) === epoch;
  if (matches) return found.maxUploadBytes;
  throw new SdkError(
    "NodeAnswerInvalid",
    `Node ${seat.seat} (${seat.endpoint}) is not the one on chain: it serves another chain, committee, epoch or key.`,
  );
}
