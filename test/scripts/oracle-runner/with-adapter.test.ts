import { expect } from "chai";
import { id, Wallet } from "ethers";
import { renderJob } from "../../../adapter/jobs/render.ts";
import { type RunningRunner, startRunner } from "../../../scripts/oracle-runner/runner.ts";
import { lying } from "../../adapter/support/fake-node.ts";
import { serve, until } from "../../adapter/support/http.ts";
import { chainId, externalJobId, oracleFeeJuels } from "../../adapter/support/market.ts";
import { Setting } from "../../adapter/support/setting.ts";

const sender = new Wallet(id("sender of the whole route"));

/** A port that nothing listens on now. */
async function freePort(): Promise<number> {
  const server = await serve(() => {});
  await server.close();
  return Number(new URL(server.url).port);
}

describe("oracle runner: with the real adapter", () => {
  const setting = new Setting();
  const messages: string[] = [];
  let runner: RunningRunner;

  before(async () => {
    await setting.open(sender.address);
    await setting.market.deployer.sendTransaction({ to: sender.address, value: 10n ** 19n });
    for (const node of setting.nodes) node.market = await setting.market.throughOracle.getAddress();
    const port = await freePort();
    const adapter = await setting.adapter({ RESUME_ALLOWED_ORIGINS: `http://127.0.0.1:${port}` });
    const { operator, operatorGateway } = setting.market.addresses;
    const job = renderJob({
      externalJobId,
      operatorAddress: operator,
      gatewayAddress: operatorGateway,
      chainId,
      minIncomingConfirmations: 1,
      minPaymentJuels: oracleFeeJuels,
    });
    runner = await startRunner(
      {
        rpcUrl: setting.chain.rpcUrl,
        job,
        bridges: new Map([["sharebridge", adapter.url]]),
        privateKey: sender.privateKey,
        listen: { host: "127.0.0.1", port },
        fromBlock: null,
        pollMs: 5,
      },
      (_level, message, fields = {}) => messages.push(`${message} ${fields.reason ?? ""}`.trim()),
    );
  });
  after(async () => {
    await runner.close();
    await setting.close();
  });

  it("brings the nodes' answer to the market, although one node lies", async () => {
    setting.nodesAre(lying);
    const { throughOracle } = setting.market;
    const requestId = await setting.market.request(throughOracle);
    await until(() => messages.includes("run completed"));
    expect(await throughOracle.statusOf(requestId)).to.equal(2n);
    expect(messages).to.include("run suspended");
  });

  it("ends the run with the adapter's sentence when two nodes lie", async () => {
    setting.nodesAre(lying, lying);
    const requestId = await setting.market.request(setting.market.throughOracle);
    await until(() => messages.some((message) => message.startsWith("run failed")));
    expect(messages.at(-1)).to.match(
      /^run failed task ask: NoAgreement: no three nodes signed one answer .* 2, 0x.* 2$/,
    );
    expect(await setting.market.throughOracle.statusOf(requestId)).to.equal(1n);
  });
});
