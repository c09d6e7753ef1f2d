import { expect } from "chai";
import { ZeroAddress, ZeroHash } from "ethers";
import { loadFixture, structOf } from "../support/chain.ts";
import { committee, seatOf } from "../support/committee.ts";
import { deployWorld } from "../support/world.ts";

describe("CommitteeRegistry", () => {
  it("founds a committee in epoch 1 and returns its seats as they were given", async () => {
    const { committees, people } = await loadFixture(deployWorld);
    const others = people.sellers.slice(0, 4).map((seller, seat) => seatOf(seat, seller.address));
    const founded = committees.createCommittee(others as never);
    await expect(founded).to.emit(committees, "CommitteeCreated").withArgs(2, 1);
    expect(await committees.committeeCount()).to.equal(2);
    expect(await committees.currentEpoch(2)).to.equal(1);
    expect((await committees.seatsOf(2, 1)).map(structOf)).to.deep.equal(others);
    expect([...(await committees.signersOf(1, 1))]).to.deep.equal(committee.map((wallet) => wallet.address));
  });

  it("knows no other committee and no other epoch", async () => {
    const { committees } = await loadFixture(deployWorld);
    for (const id of [0, 2]) {
      await expect(committees.currentEpoch(id))
        .to.be.revertedWithCustomError(committees, "UnknownCommittee")
        .withArgs(id, 0);
    }
    for (const [id, epoch] of [
      [1, 0],
      [1, 2],
      [9, 1],
    ] as const) {
      for (const call of [committees.seatsOf(id, epoch), committees.signersOf(id, epoch)]) {
        await expect(call).to.be.revertedWithCustomError(committees, "UnknownCommittee").withArgs(id, epoch);
      }
    }
  });

  for (const [missing, value] of Object.entries({
    signer: ZeroAddress,
    sealingKey: ZeroHash,
    tlsKeyHash: ZeroHash,
    endpoint: "",
    peerEndpoint: "",
  })) {
    it(`refuses a seat without ${missing}`, async () => {
      const { committees } = await loadFixture(deployWorld);
      const incomplete = [seatOf(0), seatOf(1), { ...seatOf(2), [missing]: value }, seatOf(3)] as const;
      await expect(committees.createCommittee([...incomplete]))
        .to.be.revertedWithCustomError(committees, "IncompleteSeat")
        .withArgs(2);
    });
  }

  for (const shared of ["signer", "sealingKey", "tlsKeyHash"] as const) {
    it(`refuses two seats with one ${shared}`, async () => {
      const { committees } = await loadFixture(deployWorld);
      const alike = [seatOf(0), seatOf(1), seatOf(2), { ...seatOf(3), [shared]: seatOf(1)[shared] }] as const;
      await expect(committees.createCommittee([...alike]))
        .to.be.revertedWithCustomError(committees, "SeatsNotDistinct")
        .withArgs(3, 1);
    });
  }

  for (const endpoint of ["endpoint", "peerEndpoint"] as const) {
    it(`refuses a longer ${endpoint} than 255 bytes`, async () => {
      const { committees } = await loadFixture(deployWorld);
      const seatsWith = (length: number) =>
        [{ ...seatOf(0), [endpoint]: "e".repeat(length) }, seatOf(1), seatOf(2), seatOf(3)] as const;
      await committees.createCommittee([...seatsWith(255)]);
      await expect(committees.createCommittee([...seatsWith(256)]))
        .to.be.revertedWithCustomError(committees, "EndpointTooLong")
        .withArgs(0, 256, 255);
    });
  }
});
