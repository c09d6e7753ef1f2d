/** A buyer with private inputs as the nodes see one: shares them, seals and signs an upload for each seat. */

import { trace } from "@sharebridge/algorithms/language/builder.ts";
import { programHash } from "@sharebridge/algorithms/language/encode.ts";
import { columnOf, toUnsigned } from "@sharebridge/algorithms/language/words.ts";
import {
  datasetCommitment,
  marketDomain,
  privateInputsIdOf,
  privateUploadTypes,
} from "@sharebridge/contracts/typed-data.ts";
import type { PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { encodePackage } from "@sharebridge/mpc-nodes/sharing/package.ts";
import { seal, sealingInfo } from "@sharebridge/mpc-nodes/sharing/sealing.ts";
import { type SharedTable, shareTable } from "@sharebridge/mpc-nodes/sharing/table.ts";
import type { PrivateUpload } from "@sharebridge/mpc-nodes/wire/private-upload.ts";
import { sealedHashOf } from "@sharebridge/mpc-nodes/wire/upload.ts";
import { getBytes, hexlify, id, Wallet } from "ethers";
import { payGap } from "../../../support/open-pay-gap.ts";
import type { TestContext } from "./context.ts";
import { BUYER, FAKE_CHAIN_ID, type FakeChain, MARKET } from "./fake-chain.ts";
import { approve } from "./pool-of-one.ts";

/** Signs uploads; the buyer of requests is another account, as where a contract buys. */
export const UPLOADER = new Wallet(id("uploader"));

/** Σ weight · wage, and how many wages are below a private bound: everything opened, for tests to look at. */
export const scored = trace(
  {
    name: "scored",
    description: "A weighted sum of wages, and how many are below a bound.",
    columns: [columnOf(payGap, "wage")!],
    privateInputs: [
      { name: "weight", fractionBits: 4, minimum: "-8", maximum: "8" },
      { name: "bound", fractionBits: 22, minimum: "0", maximum: "500" },
    ],
    maximumRows: 1_000,
  },
  (t) => {
    t.output("sum", t.multiply(t.truncate(t.sum(t.input("wage")), 12), t.privateInput("weight")));
    t.output("below", t.count(t.less(t.encoded("wage"), t.privateInput("bound"))));
  },
);

/** The market sells `scored` from here on, the pool's sellers consent to it, and the operator approves it. */
export async function sellScored(chain: FakeChain, contexts: readonly Pick<TestContext, "store">[]): Promise<void> {
  const algorithm = programHash(scored);
  chain.market = { ...chain.market, algorithm };
  for (const [datasetId, policy] of chain.policies)
    chain.policies.set(datasetId, { ...policy, algorithms: [algorithm] });
  for (const context of contexts) await approve(context, scored);
}

export interface SharedInputs {
  readonly commitment: string;
  readonly shared: SharedTable;
  readonly shareCommitments: PrivateUpload["shareCommitments"];
  readonly inputsId: string;
  readonly salt: string;
  readonly market: string;
  readonly buyer: string;
  readonly chainId: bigint;
}

/** Signed words, in the order of the program. */
export async function shareInputs(
  words: readonly bigint[],
  place: { readonly market?: string; readonly buyer?: string; readonly salt?: string; readonly chainId?: bigint } = {},
): Promise<SharedInputs> {
  const { market = MARKET, buyer = BUYER, salt = id("salt"), chainId = FAKE_CHAIN_ID } = place;
  const inputsId = privateInputsIdOf(chainId, market, buyer, salt);
  const shared = await shareTable([BigUint64Array.from(words, toUnsigned)], getBytes(inputsId));
  const shareCommitments = shared.commitments.map((bytes) => hexlify(bytes)) as PrivateUpload["shareCommitments"];
  return {
    commitment: datasetCommitment(1, shareCommitments),
    shared,
    shareCommitments,
    inputsId,
    salt,
    market,
    buyer,
    chainId,
  };
}

/** What a test changes to make a bad upload. */
export interface PrivateUploadChanges {
  readonly upload?: Partial<Record<keyof PrivateUpload, unknown>>;
  readonly plaintext?: (bytes: Uint8Array) => Uint8Array;
  readonly sealedFor?: PartyId;
  readonly signer?: Wallet;
}

export async function makePrivateUpload(
  inputs: SharedInputs,
  { seat, sealingKey }: { readonly seat: PartyId; readonly sealingKey: Uint8Array },
  { upload = {}, plaintext = (bytes) => bytes, sealedFor = seat, signer = UPLOADER }: PrivateUploadChanges = {},
): Promise<Uint8Array> {
  const { market, buyer, salt, chainId, inputsId, commitment, shareCommitments, shared } = inputs;
  const info = sealingInfo("private-inputs", chainId, market, inputsId, 1n, 1n, sealedFor);
  const sealed = await seal(sealingKey, info, new Uint8Array(), plaintext(encodePackage(shared.packages[seat]!)));
  const message = { buyer, commitment, seat, sealedHash: await sealedHashOf(sealed) };
  const signature = await signer.signTypedData(marketDomain(chainId, market), privateUploadTypes, message);
  const body = {
    ...{ market: market.toLowerCase(), buyer: buyer.toLowerCase(), salt, seat, scheme: 1 },
    ...{ count: shared.shape.rows, shareCommitments, sealed: hexlify(sealed), signature },
    ...{ uploader: UPLOADER.address.toLowerCase(), ...upload },
  };
  return new TextEncoder().encode(JSON.stringify(body));
}
