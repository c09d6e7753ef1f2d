import { LinkToken__factory, Operator__factory, OperatorGateway__factory } from "@sharebridge/contracts";
import { encodeProof, encodePublicResult, type MarketRequest } from "@sharebridge/contracts/typed-data.ts";
import { concat, id, type Result, Wallet } from "ethers";
import { type JobValues, renderJob } from "../../../../adapter/jobs/render.ts";
import { specIdOf } from "../../../../adapter/jobs/spec-id.ts";
import type { RunnerConfig } from "../../../../scripts/oracle-runner/config.ts";
import { type RunningRunner, startRunner } from "../../../../scripts/oracle-runner/runner.ts";
import { startChain, type TestChain } from "../../../adapter/support/chain.ts";
import { honestAnswer, signedBy, signers } from "../../../adapter/support/committee.ts";
import { reply, serve, type TestServer } from "../../../adapter/support/http.ts";
import {
  chainId,
  deployTestMarket,
  externalJobId,
  oracleFeeJuels,
  type TestMarket,
} from "../../../adapter/support/market.ts";

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Record<string, unknown>;
}

const smallResult = encodePublicResult([5n, 6n]);
const sender = new Wallet(id("oracle runner test sender"));

/** The real Operator, LINK and gateway on a simulated chain, and a small bridge with nodes' keys. */
export class Oracle {
  chain!: TestChain;
  market!: TestMarket;
  bridge!: TestServer;
  runner: RunningRunner | null = null;
  readonly lines: LogLine[] = [];
  /** Bodies that the bridge was asked with. */
  readonly asked: {
    data: { requestId: string };
    responseURL?: string;
    meta: { oracleRequest: { requestId: string } };
  }[] = [];
  /** What the bridge does when it is asked: by default it answers at once, as without `async`. */
  onAsk: (requestId: string) => Promise<unknown> = (requestId) => this.answer(requestId);

  async open(): Promise<void> {
    this.chain = await startChain();
    const endpoints = [0, 1, 2, 3].map((seat) => `http://127.0.0.1:700${seat}`);
    this.market = await deployTestMarket(this.chain, endpoints, sender.address);
    await this.market.deployer.sendTransaction({ to: sender.address, value: 10n ** 19n });
    this.bridge = await serve(async (_request, response, text) => {
      const body = JSON.parse(text);
      this.asked.push(body);
      reply(response, 200, await this.onAsk(body.data.requestId));
    });
  }

  get gateway() {
    return OperatorGateway__factory.connect(this.market.addresses.operatorGateway, this.chain.ethers.provider);
  }

  get operator() {
    return Operator__factory.connect(this.market.addresses.operator, this.chain.ethers.provider);
  }

  get sender(): string {
    return sender.address;
  }

  /** A response with a valid proof, as the adapter gives it. */
  async answer(
    requestId: string,
    result = smallResult,
  ): Promise<{ data: { requestId: string; result: string; proof: string } }> {
    const market = this.market.throughOracle;
    const address = await market.getAddress();
    const [log] = await market.queryFilter(market.filters.ComputationRequested(requestId));
    const request = (log.args.request as unknown as Result).toObject() as unknown as MarketRequest;
    const answer = honestAnswer(requestId, result);
    const signed = await Promise.all(
      signers.slice(0, 3).map((signer, seat) => signedBy(signer, seat, { chainId, market: address }, answer, result)),
    );
    const signatures = concat(signed.map(({ signature }) => signature));
    return {
      data: { requestId, result, proof: encodeProof(address, { request, answer, signerSeats: 7, signatures }) },
    };
  }

  job(values: Partial<JobValues> = {}): string {
    return renderJob({
      externalJobId,
      operatorAddress: this.market.addresses.operator,
      gatewayAddress: this.market.addresses.operatorGateway,
      chainId,
      minIncomingConfirmations: 1,
      minPaymentJuels: oracleFeeJuels,
      ...values,
    });
  }

  async start(job = this.job(), changes: Partial<RunnerConfig> = {}): Promise<void> {
    this.lines.length = 0;
    this.asked.length = 0;
    const config: RunnerConfig = {
      rpcUrl: this.chain.rpcUrl,
      job,
      bridges: new Map([["sharebridge", this.bridge.url]]),
      privateKey: sender.privateKey,
      listen: { host: "127.0.0.1", port: 0 },
      fromBlock: null,
      pollMs: 5,
      ...changes,
    };
    this.runner = await startRunner(config, (level, message, fields = {}) => {
      this.lines.push({ level, message, fields });
    });
  }

  /** How often this was logged. */
  count(message: string): number {
    return this.lines.filter((line) => line.message === message).length;
  }

  /** Reasons of runs that failed. */
  failures(): string[] {
    return this.lines
      .filter(({ message }) => message === "run failed")
      .map(({ fields }) => `${fields.code}: ${fields.reason}`);
  }

  /** A request to the Operator by somebody who is no gateway. */
  async requestDirectly(paymentJuels: bigint, payload: string): Promise<void> {
    const { link, operator } = this.market.addresses;
    const data = Operator__factory.createInterface().encodeFunctionData("operatorRequest", [
      "0x0000000000000000000000000000000000000000",
      0,
      specIdOf(externalJobId),
      "0x12345678",
      this.#nonce++,
      2,
      payload,
    ]);
    await LinkToken__factory.connect(link, this.market.deployer).transferAndCall(operator, paymentJuels, data);
  }

  #nonce = 0;

  async stop(): Promise<void> {
    await this.runner?.close();
    this.runner = null;
    this.onAsk = (requestId) => this.answer(requestId);
  }

  async close(): Promise<void> {
    await this.stop();
    await this.bridge.close();
    await this.chain.close();
  }
}
