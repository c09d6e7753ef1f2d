/**
 * Four engines of one process, over connections in memory: what an author's program does in a committee, before there is one.
 * Protocols, checks and votes are those of the nodes; chain and sockets are not there, and noise is drawn from keys of this run.
 */
import { type Contributions, ofOneSeller } from "@sharebridge/algorithms/language/contributions.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import type { Rows } from "@sharebridge/algorithms/language/tables.ts";
import { decodePublicResult } from "@sharebridge/contracts/typed-data.ts";
import { concat, hexlify, id, keccak256, toBeHex, toUtf8Bytes } from "ethers";
import { Heap } from "../kernels/heap.ts";
import { PARTIES, type PartyId } from "../math/party.ts";
import { type RandomSource, systemRandom } from "../math/random.ts";
import { type SharedVector, sharedVector } from "../sharing/shared-vector.ts";
import { createMemoryTransports } from "../transport/memory.ts";
import type { JobHooks, SeatSignature, Settlement } from "./engine.ts";
import { LocalEngine } from "./local-engine.ts";

export interface SimulatedRun {
  readonly program: Program;
  /** Signed words. */
  readonly parameters: readonly bigint[];
  /** Words of each column, in the clear, and of private inputs under `PRIVATE_INPUTS`; they are shared here. */
  readonly columns: ReadonlyMap<string, BigUint64Array>;
  /** Of a program of several tables those of each. */
  readonly rows: Rows;
  /** Whose the rows are; by default one seller's. */
  readonly contributions?: Contributions;
}

export interface SimulatedAnswer {
  /** Signed words of the outputs, then whether each protected group is opened; the four parties agree on them. */
  readonly words: readonly bigint[];
  readonly rounds: number;
  /** By party, as its transport counted them. */
  readonly bytesSent: readonly number[];
}

/** All four share a thread: nobody is late, however long a step takes. */
const RECEIVE_MS = 3_600_000;
/** `crypto.getRandomValues` gives no more at once. */
const RANDOM_BYTES = 65_536;

/** @throws what an engine throws; see `Engine.compute`. */
export async function simulateCommittee(
  run: SimulatedRun,
  random: RandomSource = systemRandom,
): Promise<SimulatedAnswer> {
  const { program, parameters, rows, contributions = ofOneSeller(rows) } = run;
  const dealt = [...run.columns].map(([name, words]) => [name, deal(words, random)] as const);
  const heap = new Heap();
  const engines = createMemoryTransports({ timeouts: { receiveMs: RECEIVE_MS } }).map(
    (transport) => new LocalEngine(transport, { heap }),
  );
  // As of a request on one dataset: k_j at all but party j.
  const keys = program.privacy === undefined ? undefined : PARTIES.map(() => random(32));
  const terms = {
    ...{ chainId: 0n, market: toBeHex(0, 20), epoch: 0n },
    ...{ requestId: hexlify(random(32)), algorithm: id("simulated algorithm"), poolHash: id("simulated pool") },
  };
  try {
    const outcomes = await Promise.all(
      engines.map(({ party }, index) => {
        const inputs = new Map(dealt.map(([name, parts]) => [name, parts[party]] as const));
        const requestKeys = keys?.map((key, j) => (j === party ? null : key)) ?? null;
        const job = { terms, program, parameters, inputs, rows, contributions, requestKeys, sealed: false };
        return engines[index].compute(job, hooksOf(party));
      }),
    );
    const [{ result, statistics }] = outcomes;
    if (outcomes.some((outcome) => outcome.result !== result)) throw new Error("the simulated parties disagree");
    return {
      words: decodePublicResult(result),
      rounds: statistics.rounds,
      bytesSent: outcomes.map((outcome) => outcome.statistics.bytesSent),
    };
  } finally {
    await Promise.all(engines.map((engine) => engine.close()));
  }
}

/** Nothing is stored or signed: a signature here is a hash that names its seat. */
function hooksOf(seat: PartyId): JobHooks {
  return {
    begin: async () => {},
    persistAndSign: async (settlement) => signatureOf(seat, settlement),
    isSignature: async (claim, signed: SeatSignature) => signed.signature === signatureOf(signed.seat, claim),
    onEvidence: () => {},
  };
}

function signatureOf(seat: PartyId, { attempt, activeSet, result }: Omit<Settlement, "opening">): string {
  const hash = keccak256(toUtf8Bytes(JSON.stringify([seat, attempt, activeSet, result])));
  return concat([hash, hash, "0x1b"]);
}

/** Three shares are drawn, the fourth is what is missing to the word. */
function deal(words: BigUint64Array, random: RandomSource): SharedVector[] {
  const drawn = [0, 1, 2].map(() => randomWords(words.length, random));
  const last = words.map((word, row) => word - drawn[0][row] - drawn[1][row] - drawn[2][row]);
  const shares = [...drawn, last];
  return PARTIES.map((party) => sharedVector(party, words.length, (j) => shares[j].slice()));
}

function randomWords(length: number, random: RandomSource): BigUint64Array {
  const bytes = new Uint8Array(length * 8);
  for (let start = 0; start < bytes.length; start += RANDOM_BYTES) {
    bytes.set(random(Math.min(RANDOM_BYTES, bytes.length - start)), start);
  }
  return new BigUint64Array(bytes.buffer);
}
