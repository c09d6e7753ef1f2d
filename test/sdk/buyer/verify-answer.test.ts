import { memoryKeyStore } from "@sharebridge/sdk/buyer/answer-key.ts";
import { requestComputation } from "@sharebridge/sdk/buyer/request-computation.ts";
import { verifyAnswer } from "@sharebridge/sdk/buyer/verify-answer.ts";
import type { Connection } from "@sharebridge/sdk/network/connect.ts";
import { earningsIn } from "@sharebridge/sdk/seller/earnings.ts";
import { expect } from "chai";
import { concat, Log, ZeroHash } from "ethers";
import { fulfilOracle } from "../support/oracle.ts";
import { fillPools } from "../support/pool.ts";
import { rejection } from "../support/rejection.ts";
import { payGapWords } from "../support/tables.ts";
import { tampered, tamperedLogs } from "../support/tampered.ts";
import { answerRequest, computeAnswer, startWorld, type World } from "../support/world.ts";

describe("verifyAnswer", () => {
  let world: World;
  const buy = async (): Promise<string> => {
    const { buyer: signer } = world.wallets;
    return (await requestComputation({ signer, market: world.payGapMarket, keys: memoryKeyStore() })).requestId;
  };
  const about = (requestId: string) => ({ connection: world.connection, requestId });

  before(async () => {
    world = await startWorld();
    await fillPools(world);
    await world.snapshot();
  });
  after(() => world.stop());
  beforeEach(() => world.reset());

  const results = ({ checks }: { checks: readonly { name: string; passed: boolean }[] }) =>
    Object.fromEntries(checks.map(({ name, passed }) => [name, passed]));
  const all = (passed: boolean) => ({
    "request id": passed,
    parameters: passed,
    pool: passed,
    result: passed,
    commitments: passed,
    "privacy budget": passed,
    signatures: passed,
  });

  it("passes a delivery straight to the market, also after the pool has changed", async () => {
    const requestId = await buy();
    await answerRequest(world, requestId, payGapWords());
    const [member] = (await earningsIn(world.payGapMarket, world.wallets.seller1.address)).datasets;
    await (await world.payGapMarket.contract.connect(world.wallets.seller1).leavePool(member.datasetId)).wait();
    const verification = await verifyAnswer(about(requestId));
    expect(results(verification)).to.deep.equal(all(true));
    expect(verification.valid).to.equal(true);
    expect(verification.checks.at(-1)?.detail).to.match(/^seats 0, 1, 2 of committee/);
  });

  it("finds the proof inside the Operator's fulfilment", async () => {
    const requestId = await buy();
    const { result, proof } = await computeAnswer(world, requestId, payGapWords());
    await fulfilOracle(world, requestId, result, proof);
    expect(results(await verifyAnswer(about(requestId)))).to.deep.equal(all(true));
  });

  it("counts only seats that signed this very answer for this market", async () => {
    const requestId = await buy();
    await answerRequest(world, requestId, payGapWords());
    // The registry of another committee: the same signatures prove nothing.
    const strangers = Array(4).fill(world.wallets.stranger.address);
    const committees = Object.assign(Object.create(world.connection.committees), {
      signersOf: async () => strangers,
    });
    const foreign = { ...world.connection, committees };
    const verification = await verifyAnswer({ connection: foreign, requestId });
    expect(verification.valid).to.equal(false);
    expect(verification.checks.at(-1)?.detail).to.match(/only 0 seats/);
  });

  it("fails the signatures when the calldata holds none, and the rest still counts", async () => {
    const requestId = await buy();
    await answerRequest(world, requestId, payGapWords());
    const getTransaction = async () => ({ data: concat([ZeroHash, requestId, ZeroHash]) });
    const verification = await verifyAnswer({
      connection: tampered(world.connection, { getTransaction }),
      requestId,
    });
    expect(results(verification)).to.deep.equal({ ...all(true), signatures: false });
    expect(verification.checks.at(-1)?.detail).to.match(/holds no proof/);
  });

  it("fails exactly the checks that an RPC's lies touch", async () => {
    const requestId = await buy();
    await answerRequest(world, requestId, payGapWords());
    const { interface: abi } = world.payGapMarket.contract;
    /** Changes one argument, or one member of an argument, of one kind of event. */
    const editing = (name: string, [index, member]: number[], change: (value: bigint) => unknown) =>
      tamperedLogs(world.connection, (log) => {
        const parsed = abi.parseLog(log);
        if (parsed?.name !== name) return log;
        const args = parsed.args.toArray(true);
        if (member === undefined) args[index] = change(args[index]);
        else args[index][member] = change(args[index][member]);
        const { data, topics } = abi.encodeEventLog(parsed.fragment, args);
        return new Log({ ...log.toJSON(), data, topics } as never, log.provider);
      });
    const more = (value: bigint) => value + 1n;
    const hidden = tamperedLogs(world.connection, (log) => (abi.parseLog(log)?.name === "DatasetJoined" ? null : log));
    const otherResult = () => `${ZeroHash}${"00".repeat(96)}`;
    const cases: [string, Connection, string[]][] = [
      ["another price", editing("ComputationRequested", [2, 10], more), ["request id"]],
      ["other parameters", editing("ComputationRequested", [3], () => "0x12"), ["parameters"]],
      ["hidden joins", hidden, ["pool"]],
      ["other rows", editing("DatasetJoined", [2], more), ["pool"]],
      ["another result", editing("Answered", [3], otherResult), ["result", "commitments"]],
      ["another budget", editing("Answered", [1, 3], more), ["privacy budget", "signatures"]],
      ["another attempt", editing("Answered", [1, 4], more), ["signatures"]],
    ];
    for (const [what, connection, failing] of cases) {
      const failed = (await verifyAnswer({ connection, requestId })).checks.filter(({ passed }) => !passed);
      expect(
        failed.map(({ name }) => name),
        what,
      ).to.deep.equal(failing);
    }
  });

  it("has nothing to verify before the answer, or for an unknown request", async () => {
    const requestId = await buy();
    expect((await rejection(verifyAnswer(about(requestId)))).code).to.equal("NotAnswered");
    expect((await rejection(verifyAnswer(about(ZeroHash)))).code).to.equal("UnknownRequest");
    expect((await rejection(verifyAnswer(about("0x12")))).message).to.match(/0x and 64 hexadecimal digits/);
  });
});
