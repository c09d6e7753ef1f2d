import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Io } from "@sharebridge/sdk/cli/io.ts";
import { expect } from "chai";
import { ran } from "../support/run-cli.ts";
import { anyAlgorithm, payGapWords, workersCsv, workersSchema } from "../support/tables.ts";
import { answerRequest, FEE_JUELS, PRICE, startWorld, type World } from "../support/world.ts";

describe("sharebridge, the command", () => {
  let world: World;
  let folder: string;
  const stop = new AbortController();

  const run = (line: string, env: Io["env"] = {}) => ran(line, folder, { env, signal: stop.signal });
  const publishLine = "publish workers.csv --schema schema.json --policy policy.json --market payGap";
  const write = (name: string, value: unknown) =>
    writeFile(join(folder, name), typeof value === "string" ? value : JSON.stringify(value));

  before(async () => {
    world = await startWorld();
  });
  after(() => world.stop());
  beforeEach(async () => {
    await world.reset();
    folder = await mkdtemp(join(tmpdir(), "sharebridge-cli-"));
    const policy = { algorithms: anyAlgorithm, token: world.networkFile.token, minPrice: PRICE.toString(), minRows: 4 };
    await Promise.all([
      write("devnet.json", world.networkFile),
      write("workers.csv", workersCsv),
      write("schema.json", workersSchema),
      write("policy.json", policy),
    ]);
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("runs the whole way: schema, policy, publish, request, result, verify, earnings, withdraw", async () => {
    const schema = await run("schema infer workers.csv --market payGap");
    expect(schema.code, schema.err).to.equal(0);
    await write("inferred.json", schema.out);
    const policy = await run("policy example --market payGap");
    await write("example.json", policy.out);

    const published = await run(
      "publish workers.csv --schema inferred.json --policy example.json --market payGap --network devnet.json --account seller1 --json",
    );
    expect(published.code, published.out).to.equal(0);
    expect(published.document.receiptSeats).to.deep.equal([0, 1, 2, 3]);

    const requested = await run("request --market payGap --account buyer --json");
    expect(requested.code, requested.out).to.equal(0);
    const { requestId } = requested.document;
    const early = await run(`result ${requestId}`);
    expect(early.code).to.equal(1);
    expect(early.err).to.match(/^Error: The request has no answer yet/);

    await answerRequest(world, requestId, payGapWords());
    const result = await run(`result ${requestId} --wait`);
    expect(result.code, result.err).to.equal(0);
    expect(result.out).to.match(/pay_gap over 6 rows, sealed to you:\n {2}Number of men +4 {2}exact\n/);
    expect(result.out).to.match(/Mean wage, men +7\.81\d+ {2}± \d\.\de-\d\n/);
    expect((await run(`result ${requestId} --json`)).document.words).to.deep.equal(payGapWords().map(String));

    const verified = await run(`verify ${requestId}`);
    expect(verified.code).to.equal(0);
    expect(verified.out).to.match(/ok {3}signatures.*\nThe answer is valid\.\n$/s);

    const earnings = await run("earnings --account seller1 --json");
    expect(earnings.document.markets[0].total).to.equal(String((PRICE * 7n) / 10n));
    const withdrawn = await run("withdraw --account seller1");
    expect(withdrawn.out).to.match(/^6\.3 SBT from 0x\w+, dataset 0x\w+\n$/);
    const nothing = await run("withdraw --account seller1 --json");
    expect(nothing.code).to.equal(1);
    expect(nothing.document.error.code).to.equal("NothingEarned");

    const left = await run(`leave ${published.document.datasetId} --market payGap --account seller1`);
    expect(left.code, left.err).to.equal(0);
    const listed = await run("algorithms");
    expect(listed.out).to.match(/pay_gap: 9\.0 SBT a request, 0 datasets, 0 rows/);
    expect(listed.out).to.match(/\n {2}privacy {3}exact answers\n/);
    expect(listed.out).to.match(/It opens these 8 numbers and nothing else/);
  });

  it("says that a dataset is used up before anything is paid, and takes it out", async () => {
    const policy = JSON.parse((await run("policy example --market payGap")).out);
    expect(policy).to.include({ cohortRows: 0, cohortSellers: 0, maxUses: 0, epsilonBudget: "0", deltaBudget: "0" });
    await write("policy.json", { ...policy, maxUses: 1 });
    const published = await run(`${publishLine} --account seller1 --json`);
    expect((await run("request --market payGap --account buyer")).code).to.equal(0);
    const again = await run("request --market payGap --account buyer --json");
    expect([again.code, again.document.error.code]).to.deep.equal([1, "UsesExhausted"]);
    expect(again.document.error.message).to.include("sharebridge remove-exhausted");
    const { datasetId } = published.document;
    expect((await run("remove-exhausted 0x12 --market payGap --account buyer --json")).document.error.code).to.equal(
      "Usage",
    );
    const removed = await run(`remove-exhausted ${datasetId} --market payGap --account buyer`);
    expect(removed.out, removed.err).to.equal(`The dataset ${datasetId} is out of ${world.payGapMarket.address}.\n`);
    const back = await run(`${publishLine} --account seller1 --json`);
    expect(back.document.error.message).to.match(/was taken out of this market as used up, and does not come back/);
  });

  it("waits within request --wait, and delivers and cancels by hand", async () => {
    await run(`${publishLine} --account seller1`);
    const first = await run("request --market payGap --account buyer --json");
    const soon = await run(`cancel ${first.document.requestId} --account buyer`);
    expect(soon.code).to.equal(1);
    expect(soon.err).to.match(/only after its deadline/);
    const undelivered = await run(`deliver ${first.document.requestId} --account stranger --json`);
    expect(undelivered.document.error.code).to.equal("AnswerUnavailable");
    await world.passTime(4_000);
    const overdue = await run(`result ${first.document.requestId} --wait`);
    expect(overdue.err).to.match(/Cancel to get the price back/);
    const cancelled = await run(`cancel ${first.document.requestId} --account stranger`);
    expect(cancelled.out).to.equal(`Cancelled; 9.0 SBT went back to ${world.wallets.buyer.address}.\n`);
  });

  it("keeps answer keys and publications for the user alone", async () => {
    await run(`${publishLine} --account seller1`);
    await run("request --market payGap --account buyer");
    for (const name of ["keys", "publications"]) {
      const secrets = join(folder, ".sharebridge", name);
      expect((await stat(secrets)).mode & 0o777).to.equal(0o700);
      const [file] = await readdir(secrets);
      expect((await stat(join(secrets, file))).mode & 0o777).to.equal(0o600);
    }
    const elsewhere = await run("request --market payGap --account buyer --keys my-keys --json");
    const [file] = await readdir(join(folder, "my-keys"));
    const key = JSON.parse(await readFile(join(folder, "my-keys", file), "utf8"));
    expect(file).to.equal(`answer-${key.publicKey.slice(2)}.json`);
    await answerRequest(world, elsewhere.document.requestId, payGapWords());
    const missing = await run(`result ${elsewhere.document.requestId}`);
    expect(missing.err).to.match(/The key 0x\w+ that opens this answer is not here/);
    expect((await run(`result ${elsewhere.document.requestId} --keys my-keys`)).code).to.equal(0);
    await writeFile(join(folder, "my-keys", file), "{}");
    expect((await run(`result ${elsewhere.document.requestId} --keys my-keys`)).err).to.match(/Restore it from a copy/);
  });

  it("resumes a publication that broke off, and makes a new one only when told to", async () => {
    expect((await run(`${publishLine} --account seller1 --resume`)).err).to.match(
      /no publication of this table to resume/,
    );
    for (const node of world.nodes)
      node.fault = (path) => (path.endsWith("receipts") ? { status: 403, code: "UnknownMarket" } : undefined);
    const broken = await run(`${publishLine} --account seller1`);
    expect(broken.code).to.equal(1);
    expect(broken.err).to.match(
      /0 of the four nodes gave receipts that agree; 3 are needed.*run the same command again/s,
    );
    for (const node of world.nodes) node.fault = undefined;
    const resumed = await run(`${publishLine} --account seller1 --resume --json`);
    expect(resumed.code, resumed.out).to.equal(0);
    expect(resumed.document.transactions).to.have.all.keys("join");
    const again = await run(`${publishLine} --account seller1 --json`);
    expect(again.document.datasetId).to.equal(resumed.document.datasetId);
    const anew = await run(`${publishLine} --account seller1 --new --json`);
    expect(anew.document.datasetId).not.to.equal(resumed.document.datasetId);
    expect((await run(`${publishLine} --account seller1 --new --resume`)).code).to.equal(2);
  });

  it("proposes an optional column for cells that are empty or say so, and publishes it with its gaps", async () => {
    const cells = ["hours", "40", "n/a", "", "38", "40", "40"];
    const lines = workersCsv.trimEnd().split("\n");
    await write("gaps.csv", `${lines.map((line, index) => `${line},${cells[index]}`).join("\n")}\n`);
    const inferred = await run("schema infer gaps.csv --missing n/a --json");
    const hours = { name: "hours", kind: "number", fractionBits: 0, minimum: "0", maximum: "50", optional: true };
    expect(inferred.document.columns.at(-1), inferred.err).to.deep.equal(hours);
    const wanted = await run("schema infer gaps.csv --market payGap --json");
    await write("gaps.json", { columns: [...wanted.document.columns, hours] });
    const line = "publish gaps.csv --schema gaps.json --policy policy.json --market payGap --account seller1 --json";
    expect((await run(line)).document.error).to.include({ code: "NotANumber", row: 2, column: "hours" });
    const published = await run(`${line} --missing n/a`);
    expect(published.code, published.out).to.equal(0);
    const held = world.nodes[0].datasets.get(published.document.datasetId);
    expect(held?.shape.columns).to.equal(wanted.document.columns.length + 2);
  });

  it("takes a market by its address wherever it takes a name", async () => {
    const { address } = world.payGapMarket;
    await write("devnet.json", { ...world.networkFile, markets: {} });
    const schema = await run(`schema infer workers.csv --market ${address}`);
    expect(schema.code, schema.err).to.equal(0);
    await write("inferred.json", schema.out);
    const policy = await run(`policy example --market ${address.toLowerCase()}`);
    await write("example.json", policy.out);
    const published = await run(
      `publish workers.csv --schema inferred.json --policy example.json --market ${address} --account seller1 --json`,
    );
    expect(published.document.market, published.out).to.equal(address);
    const requested = await run(`request --market ${address} --account buyer --json`);
    expect(requested.code, requested.out).to.equal(0);
    await answerRequest(world, requested.document.requestId, payGapWords());
    const earnings = await run(`earnings --market ${address} --account seller1 --json`);
    expect(earnings.document.markets.map(({ market }: { market: string }) => market)).to.deep.equal([address]);
    const withdrawn = await run(`withdraw --market ${address} --account seller1 --json`);
    expect(withdrawn.document.payouts).to.have.length(1);
    const { datasetId } = published.document;
    const left = await run(`leave ${datasetId} --market ${address} --account seller1`);
    expect(left.code, left.err).to.equal(0);
    const byName = await run("policy example --market payGap");
    expect(byName.err).to.match(/neither an address nor a market of the network file/);
    const stranger = await run(`policy example --market ${world.wallets.stranger.address}`);
    expect(stranger.err).to.match(/is not a market of this deployment/);
  });

  const badTables: [string, string, string][] = [
    ["a missing column", workersCsv.replaceAll(/^([^,]*),[^,]*,/gm, "$1,"), "MissingColumn"],
    ["what is no number", workersCsv.replace("4.95", "a lot"), "NotANumber"],
    ["a value out of range", workersCsv.replace("4.95", "4711"), "OutOfRange"],
    ["an unknown category", workersCsv.replace("female", "other"), "UnknownCategory"],
    ["a row that is too short", `${workersCsv}7.5\n`, "MalformedCsv"],
    ["no rows", "wage,sex,education,experience\n", "EmptyFile"],
  ];
  for (const [what, csv, code] of badTables) {
    it(`publishes nothing of a table with ${what}: nothing is sent, nothing kept`, async () => {
      await write("workers.csv", csv);
      const ran = await run(`${publishLine} --account seller1 --json`);
      expect(ran.code).to.equal(1);
      expect(ran.document.error.code).to.equal(code);
      expect(await world.wallets.seller1.getNonce()).to.equal(0);
      expect(world.nodes.map(({ calls }) => calls)).to.deep.equal([0, 0, 0, 0]);
      expect(await readdir(folder)).to.not.include(".sharebridge");
    });
  }

  it("caps the oracle fee with --max-oracle-fee, before a key is kept", async () => {
    await run(`${publishLine} --account seller1`);
    const dear = await run("request --market payGap --account buyer --max-oracle-fee 99 --json");
    expect(dear.code).to.equal(1);
    expect(dear.document.error.code).to.equal("OracleFeeAboveMaximum");
    expect(await world.wallets.buyer.getNonce()).to.equal(0);
    expect(await readdir(join(folder, ".sharebridge"))).to.deep.equal(["publications"]);
    const fair = await run(`request --market payGap --account buyer --max-oracle-fee ${FEE_JUELS}`);
    expect(fair.code, fair.err).to.equal(0);
  });

  it("shows an offending cell on the user's own terminal, and nowhere else", async () => {
    await write("workers.csv", workersCsv.replace("4.95", "4711.17"));
    const human = await run(`${publishLine} --account seller1`);
    expect(human.code).to.equal(1);
    expect(human.err).to.match(/Row 2, column wage: the value is outside the declared range 0\.01 to 500/);
    expect(human.err).to.match(/The cell holds: "4711\.17"/);
    const machine = await run(`${publishLine} --account seller1 --json`);
    expect(machine.document.error).to.include({ code: "OutOfRange", row: 2, column: "wage" });
    expect(machine.out + machine.err).not.to.include("4711");
  });

  it("takes the key from the environment, and never prints one", async () => {
    const { privateKey } = world.wallets.seller2;
    const good = await run("earnings --json", { SHAREBRIDGE_PRIVATE_KEY: privateKey });
    expect(good.document.account).to.equal(world.wallets.seller2.address);
    const bad = await run("earnings --debug", { SHAREBRIDGE_PRIVATE_KEY: "0xdeadbeefdeadbeef" });
    expect(bad.code).to.equal(1);
    expect(bad.err).to.match(/The private key is not valid/);
    expect(bad.err + bad.out).not.to.include("deadbeef");
    const failing = await run("withdraw --account stranger --debug");
    expect(failing.err).not.to.include(world.wallets.stranger.privateKey.slice(2));
  });

  const refused: [string, string, number, RegExp][] = [
    ["no command line", "publish", 2, /required option '--schema <file>'|missing required argument/],
    ["an unknown command", "sell", 2, /unknown command 'sell'/],
    ["a parameter without a value", "request --market payGap --param x", 2, /name=value/],
    ["an amount with a unit", "request --market payGap --max-price 9SBT", 2, /whole number/],
    ["a short dataset id", "leave 0x12 --market payGap --account seller1", 2, /0x and 64 hexadecimal digits/],
    ["a file that is not there", "schema infer none.csv", 1, /The table none\.csv does not exist/],
    [
      "a network file that is not there",
      "earnings --network none.json --account buyer",
      1,
      /The network file none\.json does not exist/,
    ],
    [
      "a file that is not JSON",
      "earnings --network workers.csv --account buyer",
      1,
      /The network file workers\.csv is not JSON/,
    ],
    ["nobody to sign", "earnings", 1, /Give --account NAME .* or set SHAREBRIDGE_PRIVATE_KEY/],
    ["an unknown account", "earnings --account nobody", 1, /has no account "nobody"\. Its accounts: deployer, /],
    ["an unknown market", "policy example --market nowhere", 1, /it names: payGap, score/],
    ["a malformed request id", "verify 0x12", 1, /0x and 64 hexadecimal digits/],
  ];
  for (const [what, line, code, sentence] of refused) {
    it(`answers ${what} with a sentence and exit code ${code}`, async () => {
      const ran = await run(line);
      expect(ran.err)
        .to.match(sentence)
        .and.not.match(/\n {4}at /);
      expect(ran.code).to.equal(code);
      expect(ran.out).to.equal("");
      const machine = await run(`${line} --json`);
      expect(machine.document.error.message).to.match(sentence);
      expect(machine.code).to.equal(code);
    });
  }

  it("shows where an error came from only when asked", async () => {
    expect((await run("verify 0x12 --debug")).err).to.match(/\n {4}at /);
  });

  it("has help with examples for every command", async () => {
    const help = await run("--help");
    expect(help.code).to.equal(0);
    expect(help.out).to.match(/Exit codes: 0 done; 1 .*; 2 /);
    const names =
      "schema infer|policy example|algorithms|publish|leave|earnings|withdraw|request|result|verify|cancel|deliver";
    for (const name of names.split("|")) {
      const { code, out } = await run(`${name} --help`);
      expect(code, name).to.equal(0);
      expect(out, name).to.match(/Examples?:\n {2}\$ sharebridge /);
    }
  });
});
