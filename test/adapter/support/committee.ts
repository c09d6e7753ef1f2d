import { answerTypes, type MarketAnswer, marketDomain, receiptTypes } from "@sharebridge/contracts/typed-data.ts";
import { concat, id, keccak256, Wallet, zeroPadValue } from "ethers";

/** The four nodes' signing keys; the same in every run. */
export const signers: readonly Wallet[] = [0, 1, 2, 3].map((seat) => new Wallet(id(`adapter test seat ${seat}`)));

/** Registry entries of the four, with the endpoints of this test. */
export const seatsAt = (endpoints: readonly string[]) =>
  endpoints.map((endpoint, seat) => ({
    signer: (signers[seat] as Wallet).address,
    sealingKey: id(`sealing ${seat}`),
    tlsKeyHash: id(`tls ${seat}`),
    endpoint,
    peerEndpoint: `127.0.0.1:${7100 + seat}`,
  }));

export const honestAnswer = (requestId: string, result: string): MarketAnswer => ({
  requestId,
  status: 1,
  outputsHash: keccak256(result),
  budgetSpent: 0n,
  attempt: 0,
  activeSet: 15,
  proofType: 1,
});

/** A node's `answer` as it stands in its response. */
export async function signedBy(
  signer: Wallet,
  seat: number,
  domain: { chainId: bigint; market: string },
  answer: MarketAnswer,
  result: string,
) {
  const signature = await signer.signTypedData(marketDomain(domain.chainId, domain.market), answerTypes, answer);
  return { seat, result, answer: { ...answer, budgetSpent: answer.budgetSpent.toString() }, signature };
}

/** Receipts of seats 0 to 2 for a dataset that joins. */
export async function receipts(
  domain: { chainId: bigint; market: string },
  receipt: { datasetId: bigint; commitment: string; epoch: bigint; validRows: bigint; validCommitment: string },
): Promise<string> {
  const typed = marketDomain(domain.chainId, domain.market);
  return concat(
    await Promise.all(signers.slice(0, 3).map((signer) => signer.signTypedData(typed, receiptTypes, receipt))),
  );
}

/** A distinct, valid 32-byte id that no request has. */
export const unknownId = (index: number): string => zeroPadValue(`0x${(0xabcdef00 + index).toString(16)}`, 32);
