import { type DataMarket, DataMarket__factory, type IDataMarket, type IDatasetRegistry } from "@sharebridge/contracts";
import {
  encodeParameters,
  encodeProof,
  type MarketAnswer,
  type MarketRequest,
} from "@sharebridge/contracts/typed-data.ts";
import { type ContractTransactionResponse, id, MaxUint256, type Signer, ZeroAddress, ZeroHash } from "ethers";
import { createMarket } from "../../../scripts/deploy.ts";
import { noDemands } from "../../support/policies.ts";
import { time } from "./chain.ts";
import { answerFor, bitmap, resultOf, signAnswer, signReceipt } from "./committee.ts";
import { algorithm, oracleFeeJuels, type World } from "./world.ts";

export const price = 10n ** 18n;
export const deadlineSeconds = 3_600n;

/** The gateways that every market must work with. */
export const gatewayKinds = ["OperatorGateway", "DirectGateway"] as const;
export type GatewayKind = (typeof gatewayKinds)[number];

export function termsOf(world: World, kind: GatewayKind, changes: Partial<IDataMarket.TermsStruct> = {}) {
  return {
    algorithm,
    committeeId: 1,
    gateway: kind === "OperatorGateway" ? world.addresses.operatorGateway : world.addresses.directGateway,
    cohortRows: 0,
    cohortSellers: 0,
    epsilonPerRequest: 0,
    token: world.addresses.token,
    price,
    minRows: 10,
    maxRows: 1_000_000,
    deadlineSeconds,
    maxCallbackGas: 1_000_000,
    sellersBps: 7_000,
    authorBps: 1_000,
    committeeBps: 1_500,
    ownerBps: 500,
    deltaPerRequest: 0,
    ...changes,
  };
}

/** A market that the buyer has allowances for. */
export async function openMarket(
  world: World,
  kind: GatewayKind,
  changes: Partial<IDataMarket.TermsStruct> = {},
): Promise<DataMarket> {
  const { marketOwner, buyer } = world.people;
  const address = await createMarket(marketOwner, world.addresses.marketFactory, termsOf(world, kind, changes));
  await world.token.connect(buyer).approve(address, MaxUint256);
  await world.link.connect(buyer).approve(world.addresses.operatorGateway, MaxUint256);
  return DataMarket__factory.connect(address, buyer);
}

export interface TestDataset {
  readonly datasetId: bigint;
  readonly commitment: string;
  readonly rows: bigint;
  readonly seller: Signer;
}

let salts = 0;

/** Registers a dataset with a policy that consents to `termsOf`. */
export async function publish(
  world: World,
  seller: Signer,
  rows: bigint,
  policy: Partial<IDatasetRegistry.PolicyStruct> = {},
  dataset: Partial<IDatasetRegistry.DatasetStruct> = {},
): Promise<TestDataset> {
  salts += 1;
  const salt = id(`salt ${salts}`);
  const commitment = id(`commitment ${salts}`);
  await world.datasets
    .connect(seller)
    .register(
      salt,
      { commitment, schemaHash: id("schema"), committeeId: 1, epoch: 1, rows, scheme: 1, ...dataset },
      { algorithms: [algorithm], token: world.addresses.token, minPrice: 1, minRows: 1, ...noDemands, ...policy },
    );
  const datasetId = await world.datasets.datasetIdOf(await seller.getAddress(), salt);
  return { datasetId, commitment, rows, seller };
}

/** Joins with the receipts of three honest nodes. */
export async function join(
  market: DataMarket,
  dataset: TestDataset,
  { validRows = dataset.rows, validCommitment = dataset.commitment, seats = [0, 1, 2], as = dataset.seller } = {},
): Promise<ContractTransactionResponse> {
  const { datasetId, commitment } = dataset;
  const receipt = { datasetId, commitment, epoch: 1n, validRows, validCommitment };
  const signatures = await signReceipt(await market.getAddress(), receipt, seats);
  return market.connect(as).join(datasetId, validRows, validCommitment, bitmap(seats), signatures);
}

export async function publishAndJoin(
  world: World,
  market: DataMarket,
  seller: Signer,
  rows: bigint,
): Promise<TestDataset> {
  const dataset = await publish(world, seller, rows);
  await join(market, dataset);
  return dataset;
}

export function requestParams(changes: Partial<IDataMarket.RequestParamsStruct> = {}): IDataMarket.RequestParamsStruct {
  return {
    parameters: encodeParameters([]),
    answerKey: ZeroHash,
    privateInputs: ZeroHash,
    maxPrice: price,
    minRows: 1,
    minDatasets: 1,
    validUntilUnixS: 2n ** 63n,
    callback: ZeroAddress,
    callbackGas: 0,
    ...changes,
  };
}

export interface OpenRequest {
  readonly requestId: string;
  readonly request: MarketRequest;
}

/** The request that a transaction made, from its event. */
export async function requestIn(market: DataMarket, transaction: ContractTransactionResponse): Promise<OpenRequest> {
  const receipt = await transaction.wait();
  for (const log of receipt?.logs ?? []) {
    const event = market.interface.parseLog(log);
    if (event?.name !== "ComputationRequested") continue;
    return { requestId: event.args.requestId, request: event.args.request.toObject() };
  }
  throw new Error("the transaction made no request");
}

export async function request(
  market: DataMarket,
  changes: Partial<IDataMarket.RequestParamsStruct> = {},
): Promise<OpenRequest> {
  return requestIn(market, await market.requestComputation(requestParams(changes)));
}

export interface DeliveryChanges {
  readonly seats?: readonly number[];
  readonly signerSeats?: number;
  readonly answer?: Partial<MarketAnswer>;
  readonly request?: Partial<MarketRequest>;
  readonly result?: string;
  readonly signatures?: string;
  readonly market?: string;
}

/** Arguments of `deliver` for an honest answer, with what a test wants changed. */
export async function deliveryOf(
  market: DataMarket,
  open: OpenRequest,
  changes: DeliveryChanges = {},
): Promise<[requestId: string, result: string, proof: string]> {
  const address = await market.getAddress();
  const { seats = [0, 1, 2], result = resultOf(open.requestId) } = changes;
  const answer = answerFor(open.requestId, resultOf(open.requestId), changes.answer);
  const proof = encodeProof(changes.market ?? address, {
    request: { ...open.request, ...changes.request },
    answer,
    signerSeats: changes.signerSeats ?? bitmap(seats),
    signatures: changes.signatures ?? (await signAnswer(address, answer, seats)),
  });
  return [open.requestId, result, proof];
}

export async function deliver(
  market: DataMarket,
  open: OpenRequest,
  changes: DeliveryChanges = {},
): Promise<ContractTransactionResponse> {
  return market.deliver(...(await deliveryOf(market, open, changes)));
}

/** Lets the request's deadline pass: the next block is one second after it. */
export async function passDeadline(open: OpenRequest): Promise<void> {
  await time.setNextBlockTimestamp(open.request.deadlineUnixS + 1n);
}

export { oracleFeeJuels };
