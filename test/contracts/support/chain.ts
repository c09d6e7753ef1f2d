import type { Result } from "ethers";
import { network } from "hardhat";

/** One simulated chain for all contract tests; fixtures restore its state. */
export const connection = await network.create();
export const { ethers, networkHelpers } = connection;
export const { loadFixture, time } = networkHelpers;

export const chainId = 31337n;

/** Runs the next transaction in a block with exactly this time. */
export async function atTime(unixS: bigint): Promise<void> {
  await time.setNextBlockTimestamp(unixS);
}

/** A struct that a contract returned, as a plain object. */
export function structOf(value: unknown): Record<string, unknown> {
  return (value as Result).toObject();
}
