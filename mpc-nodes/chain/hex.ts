/** The one spelling of hex strings inside a node: lower case. */
import { toBeHex } from "ethers";

export const lower = (hex: string): string => hex.toLowerCase();

/** A uint256 id as bytes32. */
export const bytes32 = (value: bigint): string => toBeHex(value, 32);

export const isBytes32 = (value: unknown): value is string =>
  typeof value === "string" && /^0x[0-9a-fA-F]{64}$/.test(value);

export const isAddress20 = (value: unknown): value is string =>
  typeof value === "string" && /^0x[0-9a-fA-F]{40}$/.test(value);
