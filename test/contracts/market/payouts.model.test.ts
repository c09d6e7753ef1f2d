import { expect } from "chai";
import { seed } from "../../support/seed.ts";
import { loadFixture } from "../support/chain.ts";
import {
  deliver,
  gatewayKinds,
  join,
  type OpenRequest,
  openMarket,
  passDeadline,
  publish,
  request,
  type TestDataset,
} from "../support/market.ts";
import { PayoutModel } from "../support/payout-model.ts";
import { deployWorld } from "../support/world.ts";

/** mulberry32: a small seeded generator. */
function generator(state: number): (below: number) => number {
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

const steps = 160;

describe("payouts against a naive model of every request", () => {
  for (const run of [0, 1, 2, 3]) {
    const kind = gatewayKinds[run % 2];
    it(`agree to the wei after ${steps} random steps (run ${run}, ${kind})`, async () => {
      const world = await loadFixture(deployWorld);
      const { stranger, sellers } = world.people;
      const random = generator(seed + run);
      const pick = <T>(items: readonly T[]): T => items[random(items.length)];
      const price = BigInt(1 + random(run < 2 ? 1_000 : 1_000_000_000));
      const market = await openMarket(world, kind, { price, minRows: 1, deadlineSeconds: 100_000 });
      const model = new PayoutModel();
      const open: OpenRequest[] = [];
      const datasets: TestDataset[] = [];
      const claimed = new Map<bigint, bigint>();
      let settled = 0n;
      const ownerOf = async (datasetId: bigint) => {
        const owner = await world.datasets.ownerOf(datasetId);
        return sellers.find(({ address }) => address === owner)!;
      };
      const take = (list: OpenRequest[]) => list.splice(random(list.length), 1)[0];

      const actions = {
        async join() {
          const dataset = await publish(world, pick(sellers), BigInt(1 + random(1_000)));
          await join(market, dataset);
          datasets.push(dataset);
          model.pool.set(dataset.datasetId, dataset.rows);
        },
        async leave() {
          const members = datasets.filter(({ datasetId }) => model.pool.has(datasetId));
          if (members.length < 2) return;
          const { datasetId } = pick(members);
          await market.connect(await ownerOf(datasetId)).leavePool(datasetId);
          model.pool.delete(datasetId);
        },
        async request() {
          if (model.pool.size === 0) return;
          const made = await request(market);
          open.push(made);
          model.request(made);
        },
        async answer() {
          if (open.length === 0) return;
          const answered = take(open);
          const activeSet = pick([0b0111, 0b1111]);
          const transaction = await deliver(market, answered, { answer: { activeSet } });
          const receipt = (await transaction.wait())!;
          const events = receipt.logs.map((log) => market.interface.parseLog(log));
          const amount: bigint = events.find((event) => event?.name === "Settled")!.args.sellersAmount;
          settled += amount;
          model.answer(answered, amount);
        },
        async claim() {
          if (datasets.length === 0) return;
          const { datasetId } = pick(datasets);
          const promised = await market.earningsOf(datasetId);
          const paid = await market.connect(stranger).claim.staticCall(datasetId);
          expect(paid).to.equal(promised);
          await market.connect(stranger).claim(datasetId);
          claimed.set(datasetId, (claimed.get(datasetId) ?? 0n) + paid);
        },
        async sell() {
          if (datasets.length === 0) return;
          const { datasetId } = pick(datasets);
          const owner = await ownerOf(datasetId);
          await world.datasets.connect(owner).transferFrom(owner.address, pick(sellers).address, datasetId);
        },
        async fold() {
          await market.connect(stranger).fold(random(4));
        },
      };
      const likely = ["join", "leave", "request", "request", "answer", "answer", "claim", "sell", "fold"] as const;

      const check = async () => {
        const { openEscrow, sellersUnclaimed, balances, dust } = await market.accounts();
        const held = await world.token.balanceOf(await market.getAddress());
        const paidOut = [...claimed.values()].reduce((sum, amount) => sum + amount, 0n);
        expect(openEscrow).to.equal(price * BigInt(open.length));
        expect(dust).to.equal(model.dust);
        expect(sellersUnclaimed + dust).to.equal(settled - paidOut);
        expect(openEscrow + sellersUnclaimed + balances + dust).to.equal(held);
        for (const { datasetId } of datasets) {
          const got = (claimed.get(datasetId) ?? 0n) + (await market.earningsOf(datasetId));
          expect(got <= model.owed(datasetId), "never overpaid").to.equal(true);
        }
      };

      for (let step = 0; step < steps; step += 1) {
        await actions[pick(likely)]();
        if (step % 20 === 0) await check();
      }

      // Ends everything: some requests are answered, the rest expire; then everybody is paid.
      while (open.length > 3) await actions.answer();
      if (open.length > 0) {
        await passDeadline(open.reduce((a, b) => (a.request.deadlineUnixS > b.request.deadlineUnixS ? a : b)));
        for (const left of open.splice(0)) {
          await market.connect(stranger).cancel(left.requestId, left.request);
          model.cancel(left);
        }
      }
      await market.connect(stranger).fold(1_000);
      expect(await market.frontier()).to.equal((await market.pool()).poolVersion);
      await check();
      for (const { datasetId } of datasets) {
        const got = (claimed.get(datasetId) ?? 0n) + (await market.earningsOf(datasetId));
        expect(got, `dataset ${datasetId}`).to.equal(model.owed(datasetId));
        const difference = got - model.exact(datasetId);
        expect(difference >= -1n && difference <= 1n, `${difference} from exact`).to.equal(true);
        claimed.set(datasetId, got);
        await market.connect(stranger).claim(datasetId);
      }
      await check();
      const { sellersUnclaimed, dust } = await market.accounts();
      expect(sellersUnclaimed + dust <= BigInt(datasets.length), "less than one wei per dataset is left").to.equal(
        true,
      );
    });
  }
});
