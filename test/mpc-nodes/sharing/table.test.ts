import { concatenateBytes } from "@sharebridge/mpc-nodes/math/bytes.ts";
import { PARTIES, type PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { encodeWords } from "@sharebridge/mpc-nodes/math/words.ts";
import {
  decodePackage,
  encodePackage,
  type PartyPackage,
  packageByteLength,
} from "@sharebridge/mpc-nodes/sharing/package.ts";
import {
  columnVector,
  expandPackage,
  type HeldShares,
  type SharedTable,
  shareTable,
  verifyPackage,
} from "@sharebridge/mpc-nodes/sharing/table.ts";
import { expect } from "chai";
import fc from "fast-check";
import { seed } from "../../support/seed.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { collect } from "../support/shared-columns.ts";
import { byteChiSquare, CHI_SQUARE_BOUND } from "../support/uniformity.ts";

const context = new Uint8Array(32).fill(0x11);
const word = fc.oneof(
  fc.constantFrom(0n, 1n, 2n ** 64n - 1n, 2n ** 63n, 2n ** 63n - 1n),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
);

function share(columns: readonly BigUint64Array[], label = "table"): Promise<SharedTable> {
  return shareTable(columns, context, seededRandom(seed, label));
}

/** Every package through its bytes. */
async function hold(table: SharedTable): Promise<HeldShares[]> {
  return Promise.all(
    table.packages.map((each) => {
      const decoded = decodePackage(encodePackage(each), each.party, table.shape);
      return verifyPackage(decoded, table.shape, context, table.commitments);
    }),
  );
}

async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  return promise.then(
    () => undefined,
    (error: { code?: string }) => error.code,
  );
}

describe("sharing: tables", () => {
  it("share, encode, decode, verify and recombine give the table back", async () => {
    const table = fc
      .tuple(fc.nat(3), fc.nat(9))
      .chain(([columns, rows]) =>
        fc.array(fc.array(word, { minLength: rows, maxLength: rows }), { minLength: columns, maxLength: columns }),
      );
    await fc.assert(
      fc.asyncProperty(table, async (values) => {
        const columns = values.map((column) => BigUint64Array.from(column));
        const held = await hold(await share(columns));
        for (const [index, column] of columns.entries()) {
          expect(collect(held.map((each) => columnVector(each, index)))).to.deep.equal(column);
        }
      }),
      { seed, numRuns: 30 },
    );
  });

  it("expands a seed by the agreed counter blocks: 0^32 ‖ u32 column ‖ u64 block", async () => {
    const { createCipheriv } = await import("node:crypto");
    const table = await share([new BigUint64Array(5), new BigUint64Array(5)]);
    const held = await expandPackage(table.packages[3]!, table.shape);
    const counter = Buffer.from("00000000000000010000000000000000", "hex");
    const cipher = createCipheriv("aes-128-ctr", table.packages[3]!.seeds[1]!, counter);
    expect(Buffer.from(encodeWords(held.columns[1]![1]!))).to.deep.equal(cipher.update(Buffer.alloc(40)));
  });

  it("gives no party its own salt, seed or share", async () => {
    const { packages } = await share([BigUint64Array.of(1n, 2n)]);
    for (const { party, salts, seeds, explicit } of packages) {
      expect(salts.map((salt) => salt === null)).to.deep.equal(PARTIES.map((j) => j === party));
      expect(seeds.map((each) => each === null)).to.deep.equal([0, 1, 2].map((j) => j === party));
      expect(explicit === null).to.equal(party === 3);
    }
  });

  it("draws fresh seeds and salts", async () => {
    const { packages } = await share([BigUint64Array.of(1n)]);
    const secrets = [...packages[0]!.salts, ...packages[1]!.salts, ...packages[0]!.seeds, ...packages[1]!.seeds];
    const distinct = new Set(secrets.filter((each) => each !== null).map((each) => Buffer.from(each).toString("hex")));
    expect(distinct.size).to.equal(4 + 3);
    const system = await Promise.all([0, 1].map(() => shareTable([BigUint64Array.of(1n)], context)));
    expect(system[0]!.commitments).to.not.deep.equal(system[1]!.commitments);
  });

  it("a package has exactly the length that shape and seat determine", async () => {
    const table = await share([new BigUint64Array(5), new BigUint64Array(5)]);
    const lengths = table.packages.map((each) => encodePackage(each).length);
    expect(lengths).to.deep.equal([96 + 32 + 80, 96 + 32 + 80, 96 + 32 + 80, 96 + 48]);
    expect(PARTIES.map((party) => packageByteLength(party, table.shape))).to.deep.equal(lengths);
  });

  it("refuses packages that are too short, too long or of another shape or seat", async () => {
    const table = await share([BigUint64Array.of(1n, 2n, 3n)]);
    const bytes = encodePackage(table.packages[0]!);
    const decodings = [
      () => decodePackage(bytes.subarray(1), 0, table.shape),
      () => decodePackage(concatenateBytes([bytes, Uint8Array.of(0)]), 0, table.shape),
      () => decodePackage(new Uint8Array(), 0, table.shape),
      () => decodePackage(bytes, 3, table.shape),
      () => decodePackage(bytes, 0, { columns: 1, rows: 2 }),
    ];
    for (const decode of decodings) expect(decode).to.throw().with.property("code", "MalformedPackage");
    const wrong: PartyPackage = { ...table.packages[0]!, explicit: [] };
    expect(await codeOf(expandPackage(wrong, table.shape))).to.equal("WrongShape");
  });

  it("notices any altered byte of a package, and a commitment or context of something else", async () => {
    const table = await share([BigUint64Array.of(1n, 2n)]);
    for (const { party } of table.packages) {
      const bytes = encodePackage(table.packages[party]!);
      for (let position = 0; position < bytes.length; position++) {
        const altered = bytes.slice();
        altered[position] = altered[position]! ^ 1;
        const decoded = decodePackage(altered, party, table.shape);
        const code = await codeOf(verifyPackage(decoded, table.shape, context, table.commitments));
        expect(code, `seat ${party}, byte ${position}`).to.equal("CommitmentMismatch");
      }
    }
    const [first] = table.packages;
    expect(await codeOf(verifyPackage(first!, table.shape, context, table.commitments.toReversed()))).to.equal(
      "CommitmentMismatch",
    );
    expect(await codeOf(verifyPackage(first!, table.shape, context, []))).to.equal("CommitmentMismatch");
    const other = new Uint8Array(32);
    expect(await codeOf(verifyPackage(first!, table.shape, other, table.commitments))).to.equal("CommitmentMismatch");
  });

  it("refuses columns of unequal lengths and columns that are not there", async () => {
    expect(await codeOf(share([new BigUint64Array(1), new BigUint64Array(2)]))).to.equal("UnequalColumns");
    const [held] = await hold(await share([new BigUint64Array(1)]));
    for (const column of [-1, 1, 0.5]) {
      expect(() => columnVector(held!, column))
        .to.throw()
        .with.property("code", "WrongShape");
    }
  });
});

describe("sharing: a single party's view of a table", () => {
  const rows = 8192;
  const inputs = [0n, 1n, 2n ** 63n];

  /** The words that a party holds, and their sum: everything that it could add up. */
  function viewsOf(party: PartyId, shares: readonly BigUint64Array[]): Uint8Array[] {
    const held = shares.filter((_, j) => j !== party);
    const sum = held.reduce((a, b) => a.map((value, row) => value + b[row]!));
    return [...held, sum].map(encodeWords);
  }

  async function sharesOf(value: bigint): Promise<BigUint64Array[]> {
    const table = await share([new BigUint64Array(rows).fill(value)], `view ${value}`);
    const [zero, one] = await Promise.all(table.packages.slice(0, 2).map((each) => expandPackage(each, table.shape)));
    return PARTIES.map((j) => (j === 0 ? one!.columns[0]![0]! : zero!.columns[j]![0]!));
  }

  it("looks uniform for any input", async () => {
    for (const value of inputs) {
      const shares = await sharesOf(value);
      for (const party of PARTIES) {
        for (const view of viewsOf(party, shares)) {
          expect(byteChiSquare(view), `value ${value}, party ${party}`).to.be.below(CHI_SQUARE_BOUND);
        }
      }
    }
  });

  it("control: sharings that leak fail the same test", async () => {
    const [x0, x1, x2] = (await sharesOf(0n)) as [BigUint64Array, BigUint64Array, BigUint64Array];
    const value = new BigUint64Array(rows).fill(1n);
    const cancelling = [x0, x1, x0.map((word, row) => -word - x1[row]!), value];
    // Three parties' shares that add up to the value, so that the fourth share is nothing.
    const three = [x0, x1, value.map((word, row) => word - x0[row]! - x1[row]!), new BigUint64Array(rows)];
    // Masks of half a word.
    const narrow = [x0, x1, x2].map((words) => words.map((word) => word >> 32n));
    const half = [...narrow, value.map((word, row) => word - narrow.reduce((sum, words) => sum + words[row]!, 0n))];
    for (const leaky of [cancelling, three, half]) {
      const worst = Math.max(...PARTIES.flatMap((party) => viewsOf(party, leaky).map(byteChiSquare)));
      expect(worst).to.be.above(CHI_SQUARE_BOUND);
    }
  });

  it("party 3, who holds no explicit share, receives the same bytes whatever the input", async () => {
    const packages = await Promise.all(
      inputs.map(async (value) => encodePackage((await share([BigUint64Array.of(value)])).packages[3]!)),
    );
    expect(new Set(packages.map((bytes) => Buffer.from(bytes).toString("hex"))).size).to.equal(1);
  });
});
