/** An operator's consent to a program: on chain with the seat's signing key, and in the node's own store. */
import { disclosureHash } from "@sharebridge/algorithms/language/disclosure.ts";
import { IAlgorithmRegistry__factory } from "@sharebridge/contracts";
import { isError, type JsonRpcApiProvider } from "ethers";
import type { ChainReader } from "../chain/chain-reader.ts";
import { ownSeat } from "../chain/seat.ts";
import type { PartyId } from "../math/party.ts";
import type { Store } from "../store/store.ts";
import { ApprovalError } from "./approval-error.ts";
import { type NodeKeys, publicIdentity } from "./keys.ts";
import type { Review } from "./review.ts";

export interface Operator {
  readonly keys: NodeKeys;
  readonly committeeId: bigint;
  readonly chain: ChainReader;
  readonly store: Store;
  /** Sends the transactions; the signer pays their gas. */
  readonly provider: JsonRpcApiProvider;
}

type OnChain = Omit<Operator, "store">;

export interface OwnApproval {
  readonly seat: PartyId;
  /** False when the chain showed already what was asked for. */
  readonly sent: boolean;
}

/**
 * Who registered a program and earns its royalty, for the operator to read.
 *
 * @throws ApprovalError `NotRegistered` when nobody registered it; `DisclosureDiffers` when the disclosure statement that sellers and
 * buyers find on chain is not the one that follows from the program.
 */
export async function checkRegistration(
  { chain, provider }: Pick<Operator, "chain" | "provider">,
  { hash, program }: Pick<Review, "hash" | "program">,
): Promise<{ author: string }> {
  const registry = IAlgorithmRegistry__factory.connect(chain.deployment.algorithms, provider);
  const { author, disclosureHash: registered } = await explained(() => registry.algorithmOf(hash));
  const computed = disclosureHash(program);
  if (registered !== computed) {
    throw new ApprovalError(
      "DisclosureDiffers",
      `${author} registered program ${hash} with the disclosure hash ${registered}; its disclosure statement hashes to ${computed}: do not approve it, its author has to publish a changed program and register it with its own statement`,
    );
  }
  return { author };
}

/** Approves on chain first: a program that nobody registered is not stored either. */
export async function approveProgram(operator: Operator, review: Review, nowUnixMs: number): Promise<OwnApproval> {
  const approval = await change(operator, review.hash, true);
  await operator.store.putProgram({ hash: review.hash, text: review.encoding, approvedAtUnixMs: nowUnixMs });
  return approval;
}

/** What a rule allows: approved on chain alone, since the rule is asked each time. Throws `ApprovalError`, as `checkRegistration` too. */
export async function approveByRule(
  operator: OnChain,
  subject: Pick<Review, "hash" | "program">,
): Promise<OwnApproval> {
  await checkRegistration(operator, subject);
  return change(operator, subject.hash, true);
}

/** Forgets the program first: from then on this node computes it no more, whatever the chain says. */
export async function revokeProgram(
  operator: Operator,
  hash: string,
): Promise<OwnApproval & { readonly wasStored: boolean }> {
  const wasStored = await operator.store.removeProgram(hash);
  return { ...(await change(operator, hash, false)), wasStored };
}

async function change(operator: OnChain, hash: string, wanted: boolean): Promise<OwnApproval> {
  const { keys, committeeId, chain, provider } = operator;
  const view = await chain.view();
  const epoch = await view.currentEpoch(committeeId);
  const seat = ownSeat(await view.seats(committeeId, epoch), publicIdentity(keys));
  const registry = IAlgorithmRegistry__factory.connect(chain.deployment.algorithms, keys.signer.connect(provider));
  const approvals = await registry.approvalsOf(hash, committeeId, epoch);
  const isApproved = ((Number(approvals) >> seat) & 1) === 1;
  if (isApproved === wanted) return { seat, sent: false };
  const method = wanted ? registry.approve : registry.revoke;
  await send(operator, method, [hash, committeeId, epoch, seat]);
  return { seat, sent: true };
}

type Registry = ReturnType<typeof IAlgorithmRegistry__factory.connect>;
type Arguments = [hash: string, committeeId: bigint, epoch: bigint, seat: PartyId];

/** Asks first, so that a refusal costs nothing and its reason is known; then sends and waits until it is mined. */
async function send(
  { keys, provider }: OnChain,
  method: Registry["approve"] | Registry["revoke"],
  args: Arguments,
): Promise<void> {
  const { address } = keys.signer;
  await explained(async () => {
    await method.staticCall(...args);
    if ((await provider.getBalance(address)) === 0n) throw noFunds(address);
    try {
      await (await method(...args)).wait();
    } catch (error) {
      throw isError(error, "INSUFFICIENT_FUNDS") ? noFunds(address) : error;
    }
  });
}

/** Runs a call of the algorithm registry; what goes wrong becomes an `ApprovalError`. */
async function explained<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ApprovalError) throw error;
    if (isError(error, "CALL_EXCEPTION") && error.revert !== null) {
      const { name, args: values } = error.revert;
      const sentence = `the algorithm registry refuses with ${name}(${values.join(", ")})`;
      throw name === "UnknownAlgorithm"
        ? new ApprovalError("NotRegistered", `${sentence}: its author has to register it first`)
        : new ApprovalError("Refused", sentence);
    }
    throw new ApprovalError(
      "NotSent",
      "the algorithm registry was not reached: the RPC endpoint refused the call or did not answer",
    );
  }
}

const noFunds = (address: string) =>
  new ApprovalError(
    "NoFunds",
    `signer ${address} cannot pay for the transaction's gas: send it some of the chain's coin`,
  );
