/** The main job: the eight steps (DESIGN §2) on a running devnet, each timed as it happens, then answer and money checked. */
import { payGap } from "@sharebridge/algorithms";
import { IDataMarket__factory } from "@sharebridge/contracts";
import type { PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import {
  type AnswerKeyStore,
  type Connection,
  connect,
  type FoundAnswer,
  type Market,
  memoryKeyStore,
  openMarket,
  parsePolicy,
  policyFor,
  publishDataset,
  readAnswer,
  readCsv,
  requestComputation,
  verifyAnswer,
  waitForAnswer,
} from "@sharebridge/sdk";
import { formatUnits } from "ethers";
import { SELLERS } from "../devnet/accounts.ts";
import { type Devnet, ORACLE_FEE_JUELS } from "../devnet/start.ts";
import { clearFigures } from "./clear-figures.ts";
import { accountForEscrow, takeEarnings } from "./ledger.ts";
import type { Report, Step } from "./report.ts";
import { compare, hasPassed } from "./verdict.ts";
import { GIVE_UP_AFTER_MS, watchNodes } from "./watch-nodes.ts";
import { csvOf, type Employer, employers } from "./workers.ts";

type Emit = (step: Step) => void;

/**
 * @param onStep told of each step when it has happened
 * @param lose the seat of a node that is killed before the buyer asks
 */
export async function runDemo(devnet: Devnet, onStep: Emit, lose?: PartyId): Promise<Report> {
  const startedAt = performance.now();
  const steps: Step[] = [];
  const emit: Emit = (step) => {
    steps.push(step);
    onStep(step);
  };
  const sellers = employers();
  const connection = await connect(devnet.network, { provider: devnet.provider });
  const market = await openMarket(connection, "payGap");

  await publishAll(devnet, market, sellers, emit);
  if (lose !== undefined) await devnet.killNode(lose);
  const bought = await buyAnswer(devnet, connection, market, lose, emit);
  const { proofValid } = await lookAtDelivery(devnet, connection, bought, emit);
  const { requestId } = bought;
  const answer = await readAnswer({ connection, requestId, keys: bought.keys });

  const paidFrom = performance.now();
  const names = sellers.map(({ name }) => name);
  const { payouts, transactions } = await takeEarnings(devnet, market, names);
  const escrow = await accountForEscrow(devnet, payouts, market.terms.price);
  emit({
    number: 8,
    title: "The contract pays sellers, author, node operators and market owner (each takes their own)",
    milliseconds: performance.now() - paidFrom,
    gas: await gasOf(devnet, transactions),
    details: [`${payouts.length} parties, ${transactions.length} transactions`],
  });

  const figures = compare(answer.figures, clearFigures(sellers.flatMap(({ workers }) => workers)));
  return {
    requestId,
    rows: Number(answer.rows),
    steps,
    figures,
    payouts,
    escrow,
    oracleFeeJuels: ORACLE_FEE_JUELS,
    proofValid,
    milliseconds: performance.now() - startedAt,
    passed: hasPassed({ figures, proofValid, escrow }),
  };
}

/** Step 1. Each employer brings a CSV file and consents to exactly this market's terms. */
async function publishAll(devnet: Devnet, market: Market, sellers: readonly Employer[], emit: Emit): Promise<void> {
  const from = performance.now();
  const policy = parsePolicy(policyFor(market));
  const transactions: string[] = [];
  const details: string[] = [];
  for (const [index, employer] of sellers.entries()) {
    const published = await publishDataset({
      signer: devnet.accounts[SELLERS[index]!],
      market,
      table: await readCsv(csvOf(employer)),
      schema: { columns: payGap.columns },
      policy,
    });
    transactions.push(...Object.values(published.transactions));
    details.push(
      `${employer.name}: ${published.rows} rows, shares with all four nodes, commitment ${short(published.commitment)}`,
    );
  }
  emit({
    number: 1,
    title: `${sellers.length} employers secret-share their rows, publish commitments, join the market`,
    milliseconds: performance.now() - from,
    gas: await gasOf(devnet, transactions),
    details,
  });
}

/** What the purchase leaves behind. */
interface Bought {
  readonly requestId: string;
  readonly keys: AnswerKeyStore;
  readonly delivered: FoundAnswer;
}

/** Steps 2 to 5: the buyer pays and asks; nodes check the chain, compute and sign; the oracle delivers. */
async function buyAnswer(
  devnet: Devnet,
  connection: Connection,
  market: Market,
  lost: PartyId | undefined,
  emit: Emit,
): Promise<Bought> {
  const keys = memoryKeyStore();
  const present = devnet.nodes.filter((_, seat) => seat !== lost);
  const from = performance.now();
  const requested = await requestComputation({ signer: devnet.accounts.buyer, market, keys });
  const requestedAt = performance.now();
  const { requestId } = requested;
  const signal = AbortSignal.timeout(GIVE_UP_AFTER_MS);
  const delivery = waitForAnswer({ connection, requestId, pollMs: 20, signal }).then((delivered) => ({
    delivered,
    deliveredAt: performance.now(),
  }));
  delivery.catch(() => {}); // Awaited below; a failure before that must not end the process.
  const milestones = watchNodes(present, requestId);
  emit({
    number: 2,
    title: "A buyer pays into escrow; the market hands the work to the bridge as a Chainlink request",
    milliseconds: requestedAt - from,
    gas: await gasOf(devnet, [requested.transactionHash]),
    details: [
      `request ${short(requestId)} on ${requested.rows} rows, answer sealed to the buyer`,
      ...requested.costs.map(({ what, amount }) => `${what} ${formatUnits(amount, 18)}`),
    ],
  });
  const takenOnAt = await nextTime(milestones);
  emit({
    number: 3,
    title: "The bridge tells the nodes; each checks payment, consent, program and pool on chain by itself",
    milliseconds: takenOnAt - requestedAt,
    gas: null,
    details: [
      lost === undefined
        ? "all four nodes took the request on"
        : `node ${lost} was killed; the other three took the request on`,
    ],
  });
  const signedAt = await nextTime(milestones);
  emit({
    number: 4,
    title: "The nodes compute on shares, seal the answer to the buyer and sign",
    milliseconds: signedAt - takenOnAt,
    gas: null,
    details: [
      lost === undefined
        ? "at least three of four signatures over one digest"
        : `attempt 0 failed; three parties computed without node ${lost}, and all three signed`,
    ],
  });
  const { delivered, deliveredAt } = await delivery;
  emit({
    number: 5,
    title: "The bridge passes answer and proof to the contract through the oracle callback",
    milliseconds: deliveredAt - signedAt,
    gas: await gasOf(devnet, [delivered.transactionHash]),
    details: [
      `transaction ${short(delivered.transactionHash)}; from request to answer on chain ${Math.round(deliveredAt - requestedAt)} ms`,
    ],
  });
  return { requestId, keys, delivered };
}

async function nextTime(milestones: AsyncGenerator<number, void>): Promise<number> {
  const { value } = await milestones.next();
  if (value === undefined) throw new Error("the nodes reached fewer milestones than there are");
  return value;
}

/** Steps 6 and 7 happened in the oracle's transaction: what its events say, and what anyone can verify of it. */
async function lookAtDelivery(
  devnet: Devnet,
  connection: Connection,
  { requestId, delivered }: Bought,
  emit: Emit,
): Promise<{ proofValid: boolean }> {
  const verification = await verifyAnswer({ connection, requestId });
  emit({
    number: 6,
    title: "The contract checks the proof and emits the answer",
    milliseconds: null,
    gas: null,
    details: verification.checks.map(({ name, passed, detail }) => `${passed ? "ok" : "FAILED"} ${name}: ${detail}`),
  });
  const contract = IDataMarket__factory.connect(devnet.market, devnet.provider);
  const receipt = await devnet.provider.getTransactionReceipt(delivered.transactionHash);
  const settled = receipt?.logs.map((log) => contract.interface.parseLog(log)).find((log) => log?.name === "Settled");
  const share = (name: string) => formatUnits(settled?.args[name] ?? 0n, 18);
  emit({
    number: 7,
    title: "The buyer's payment is released",
    milliseconds: null,
    gas: null,
    details: [
      `sellers ${share("sellersAmount")}, author ${share("authorAmount")}, nodes ${share("committeeAmount")}, market owner ${share("ownerAmount")}`,
    ],
  });
  return { proofValid: verification.valid };
}

async function gasOf(devnet: Devnet, transactions: readonly string[]): Promise<bigint> {
  const receipts = await Promise.all(transactions.map((hash) => devnet.provider.getTransactionReceipt(hash)));
  return receipts.reduce((sum, receipt) => sum + (receipt?.gasUsed ?? 0n), 0n);
}

const short = (hex: string) => `${hex.slice(0, 10)}…`;
