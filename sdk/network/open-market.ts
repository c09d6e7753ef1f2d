import { IDataMarket__factory } from "@sharebridge/contracts";
import { PARTIES, type PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { getAddress } from "ethers";
import { explainError } from "../errors/explain-error.ts";
import { SdkError } from "../errors/sdk-error.ts";
import type { Connection } from "./connect.ts";
import { marketAddress } from "./network-file.ts";

/** Terms of a market as the SDK uses them; `price` in the token's smallest unit. */
export interface MarketTerms {
  readonly algorithm: string;
  readonly committeeId: bigint;
  readonly gateway: string;
  readonly token: string;
  readonly price: bigint;
  readonly minRows: bigint;
  /** Most rows that the pool may hold. */
  readonly maxRows: bigint;
  readonly deadlineSeconds: bigint;
  /** Least rows, and sellers of them, of each group that is opened exactly; 0 and 1 ask for nothing. */
  readonly cohortRows: number;
  readonly cohortSellers: number;
  /** What an answer costs in privacy, in millionths of epsilon and units of 10^-18 of delta; 0 if it is exact. */
  readonly epsilonPerRequest: bigint;
  readonly deltaPerRequest: bigint;
}

export interface Market {
  readonly connection: Connection;
  readonly address: string;
  readonly terms: MarketTerms;
  /** For reading; `contract.connect(signer)` for transactions. */
  readonly contract: ReturnType<typeof IDataMarket__factory.connect>;
}

export interface NodeSeat {
  readonly seat: PartyId;
  readonly signer: string;
  /** X25519 public key that shares are sealed to, 0x-hex. */
  readonly sealingKey: string;
  /** Base URL of the node's HTTP side, without a trailing slash. */
  readonly endpoint: string;
}

/**
 * A market of the deployment, by address or by its name in the network file.
 *
 * @example
 * const market = await openMarket(connection, "payGap");
 *
 * @throws SdkError UnknownMarket when the factory did not make it: its terms and escrow could be anything.
 */
export async function openMarket(connection: Connection, nameOrAddress: string): Promise<Market> {
  const address = marketAddress(connection.description, nameOrAddress);
  try {
    if (!(await connection.factory.isMarket(address))) {
      throw new SdkError("UnknownMarket", `${address} is not a market of this deployment. Check address and network.`);
    }
    const contract = IDataMarket__factory.connect(address, connection.provider);
    const terms = await contract.terms();
    return {
      connection,
      address,
      contract,
      terms: {
        algorithm: terms.algorithm,
        committeeId: terms.committeeId,
        gateway: getAddress(terms.gateway),
        token: getAddress(terms.token),
        price: terms.price,
        minRows: terms.minRows,
        maxRows: terms.maxRows,
        deadlineSeconds: terms.deadlineSeconds,
        cohortRows: Number(terms.cohortRows),
        cohortSellers: Number(terms.cohortSellers),
        epsilonPerRequest: terms.epsilonPerRequest,
        deltaPerRequest: terms.deltaPerRequest,
      },
    };
  } catch (error) {
    throw explainError(error);
  }
}

/** The four seats of a committee's epoch, by index. */
export async function seatsOf(connection: Connection, committeeId: bigint, epoch: bigint): Promise<NodeSeat[]> {
  const seats = await connection.committees.seatsOf(committeeId, epoch);
  return PARTIES.map((seat) => ({
    seat,
    signer: getAddress(seats[seat].signer),
    sealingKey: seats[seat].sealingKey,
    endpoint: seats[seat].endpoint.replace(/\/+$/, ""),
  }));
}
