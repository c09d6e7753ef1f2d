import { answerTypes, type MarketAnswer, marketDomain, receiptTypes } from "@sharebridge/contracts/typed-data.ts";
import { concat, id, keccak256, type TypedDataDomain, toUtf8Bytes, Wallet } from "ethers";
import { chainId } from "./chain.ts";

/** Four nodes' signing keys; the same in every run. */
export const committee: readonly Wallet[] = [0, 1, 2, 3].map((seat) => new Wallet(id(`seat ${seat}`)));

/** A complete seat for the registry. */
export function seatOf(seat: number, signer = committee[seat].address) {
  return {
    signer,
    sealingKey: id(`sealing key ${seat}`),
    tlsKeyHash: id(`tls key ${seat}`),
    endpoint: `http://127.0.0.1:700${seat}`,
    peerEndpoint: `127.0.0.1:710${seat}`,
  };
}

export const seats = () => [seatOf(0), seatOf(1), seatOf(2), seatOf(3)] as const;

/** Bitmap of seats. */
export function bitmap(seatNumbers: readonly number[]): number {
  return seatNumbers.reduce((set, seat) => set | (1 << seat), 0);
}

/** An honest answer with this result, as three of four nodes would sign it. */
export function answerFor(requestId: string, result: string, changes: Partial<MarketAnswer> = {}): MarketAnswer {
  return {
    requestId,
    status: 1,
    outputsHash: keccak256(result),
    budgetSpent: 0n,
    attempt: 0,
    activeSet: 0b1111,
    proofType: 1,
    ...changes,
  };
}

/** The signatures of these seats, in this order, over an answer. */
export async function signAnswer(
  market: string,
  answer: MarketAnswer,
  seatNumbers: readonly number[],
  domain: TypedDataDomain = marketDomain(chainId, market),
): Promise<string> {
  return concat(
    await Promise.all(seatNumbers.map((seat) => committee[seat].signTypedData(domain, answerTypes, answer))),
  );
}

export interface Receipt {
  datasetId: bigint;
  commitment: string;
  epoch: bigint;
  validRows: bigint;
  validCommitment: string;
}

/** The signatures of these seats, in this order, over a receipt. */
export async function signReceipt(
  market: string,
  receipt: Receipt,
  seatNumbers: readonly number[],
  domain: TypedDataDomain = marketDomain(chainId, market),
): Promise<string> {
  return concat(
    await Promise.all(seatNumbers.map((seat) => committee[seat].signTypedData(domain, receiptTypes, receipt))),
  );
}

/** A result that no other text gives. */
export const resultOf = (text: string): string => keccak256(toUtf8Bytes(text));
