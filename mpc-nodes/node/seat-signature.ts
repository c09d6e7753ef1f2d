/** Whether a peer has signed an answer: what is taken here is what the market's contract takes (`SeatSignatures.sol`). */
import { answerTypes, type MarketAnswer, SIGNATURES_REQUIRED } from "@sharebridge/contracts/typed-data.ts";
import { recoverAddress, Signature, type TypedDataDomain, TypedDataEncoder, type TypedDataField } from "ethers";
import { lower } from "../chain/hex.ts";
import { PARTIES } from "../math/party.ts";
import type { SeatSignature } from "../store/store.ts";

/** 65 bytes: r, s, v. */
const SIGNATURE = /^0x[0-9a-fA-F]{130}$/;

/**
 * True for a signature by the key of a seat of the answer's active set: 65 bytes, low s, v 27 or 28. False, never thrown,
 * for anything else.
 *
 * @param signers Addresses that the chain shows for the seats in the request's epoch.
 * @param answer As claimed by peers: it need not be one at all.
 */
export function isSeatSignature(
  domain: TypedDataDomain,
  signers: readonly string[],
  answer: MarketAnswer,
  signed: SeatSignature,
): boolean {
  return isSignatureOver({ domain, types: answerTypes, value: { ...answer } }, answer.activeSet, signers, signed);
}

/** A message as it is signed (EIP-712). */
export interface TypedMessage {
  readonly domain: TypedDataDomain;
  readonly types: Record<string, TypedDataField[]>;
  readonly value: Record<string, unknown>;
}

/** The same for any message of an active set. */
export function isSignatureOver(
  { domain, types, value }: TypedMessage,
  activeSet: number,
  signers: readonly string[],
  { seat, signature }: SeatSignature,
): boolean {
  const signer = signers[seat];
  if (signer === undefined || !areActive(activeSet, seat) || !SIGNATURE.test(signature)) return false;
  try {
    // Throws for high s. It takes other forms of v as well, which the contract does not.
    const parsed = Signature.from(signature);
    if (parsed.serialized !== signature.toLowerCase()) return false;
    const digest = TypedDataEncoder.hash(domain, types, value);
    return lower(recoverAddress(digest, parsed)) === lower(signer);
  } catch {
    return false;
  }
}

/** Three or four seats that exist, this one among them. */
function areActive(activeSet: number, seat: number): boolean {
  if (!Number.isInteger(activeSet) || activeSet < 0 || activeSet >= 1 << PARTIES.length) return false;
  const count = PARTIES.filter((party) => (activeSet & (1 << party)) !== 0).length;
  return count >= SIGNATURES_REQUIRED && (activeSet & (1 << seat)) !== 0;
}
