import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { programHash } from "@sharebridge/algorithms/language/encode.ts";
import { privacyTermsOf } from "@sharebridge/algorithms/language/market-terms.ts";
import { histogram, payGap } from "@sharebridge/algorithms/library/index.ts";
import { openMarket } from "@sharebridge/sdk/network/open-market.ts";
import { expect } from "chai";
import { ran } from "../support/run-cli.ts";
import { startWorld, type World } from "../support/world.ts";

describe("sharebridge market create", function () {
  this.timeout(60_000);
  let world: World;
  let folder: string;

  const run = (line: string) => ran(line, folder);
  const refusal = async (line: string) => {
    const { code, document } = await run(`${line} --json`);
    expect(code, JSON.stringify(document)).to.equal(document.error?.code === "Usage" ? 2 : 1);
    return document.error as { code: string; message: string };
  };

  before(async () => {
    world = await startWorld();
  });
  after(() => world.stop());
  beforeEach(async () => {
    await world.reset();
    folder = await mkdtemp(join(tmpdir(), "sharebridge-market-"));
    await writeFile(join(folder, "devnet.json"), JSON.stringify(world.networkFile));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("makes a market of a program of the library, with the network file's token, gateway and committee", async () => {
    const made = await run("market create pay_gap --price 7000000000000000000 --account stranger --json");
    expect(made.code, made.out).to.equal(0);
    const { terms } = await openMarket(world.connection, made.document.market);
    expect(terms).to.deep.equal({
      algorithm: programHash(payGap),
      committeeId: BigInt(world.networkFile.committeeId as string),
      gateway: world.connection.description.gateway,
      token: world.connection.description.token,
      price: 7n * 10n ** 18n,
      minRows: 10n,
      maxRows: 1_000_000n,
      deadlineSeconds: 3_600n,
      ...privacyTermsOf(payGap),
    });
    expect(made.document).to.include({ name: "pay_gap", owner: world.wallets.stranger.address });
    expect((await run("algorithms")).out).to.contain(
      `pay_gap: 7.0 SBT a request, 0 datasets, 0 rows\n  market    ${made.document.market}`,
    );
  });

  it("takes every term from the command line", async () => {
    const token = world.connection.description.link!;
    const gateway = (await world.scoreMarket.contract.terms()).gateway;
    const flags = `--token ${token} --gateway ${gateway} --committee 1 --min-rows 3 --max-rows 40 --deadline 60 --callback-gas 5`;
    const made = await run(
      `market create pay_gap --price 1 ${flags} --split 9000,500,400,100 --account stranger --json`,
    );
    expect(made.code, made.out).to.equal(0);
    const { contract } = await openMarket(world.connection, made.document.market);
    const terms = await contract.terms();
    expect([terms.token, terms.gateway, terms.minRows, terms.maxRows, terms.deadlineSeconds]).to.deep.equal([
      token,
      gateway,
      3n,
      40n,
      60n,
    ]);
    expect([terms.maxCallbackGas, terms.sellersBps, terms.authorBps, terms.committeeBps, terms.ownerBps]).to.deep.equal(
      [5n, 9_000n, 500n, 400n, 100n],
    );
  });

  it("refuses terms that could not be kept, and programs that nobody registered", async () => {
    const line = "market create pay_gap --price 1 --account stranger";
    const rows = await refusal(`${line} --max-rows 1000001`);
    expect(rows.code).to.equal("InvalidTerms");
    expect(rows.message).to.contain("proven for at most 1000000");
    expect((await refusal(`market create pay_gap --price ${2n ** 96n} --account stranger`)).code).to.equal(
      "InvalidTerms",
    );
    expect((await refusal(`${line} --min-rows 9 --max-rows 8`)).message).to.contain("at least 9 and at most 8 rows");
    expect((await refusal(`${line} --deadline 0`)).message).to.contain("deadlineSeconds");
    expect((await refusal(`${line} --gateway ${world.wallets.buyer.address}`)).message).to.contain("no contract at");
    expect((await refusal(`${line} --committee 99`)).message).to.contain("no committee 99");
    const unknown = await refusal("market create wage_histogram --price 1 --account stranger");
    expect(unknown.message).to.contain(`Nobody has registered the algorithm ${programHash(histogram)}`);
    await writeFile(join(folder, "bare.json"), JSON.stringify({ ...world.networkFile, token: undefined }));
    const bare = await refusal(`${line} --network bare.json`);
    expect(bare.code).to.equal("InvalidNetworkFile");
    expect(bare.message).to.contain('no "token"');
  });

  it("says what is wrong with the command line", async () => {
    const line = "market create pay_gap --account stranger";
    expect((await refusal(line)).code).to.equal("Usage");
    expect((await refusal(`${line} --price 0.5`)).code).to.equal("Usage");
    expect((await refusal(`${line} --price 1 --token link`)).code).to.equal("Usage");
    expect((await refusal(`${line} --price 1 --split 9000,500,400,99`)).code).to.equal("Usage");
    expect((await refusal(`${line} --price 1 --split 10000`)).code).to.equal("Usage");
    expect((await refusal("market create pay_gaps --price 1 --account stranger")).message).to.contain(
      "pay_gaps is none of a",
    );
  });
});
