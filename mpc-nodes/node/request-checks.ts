/**
 * What a node checks by itself, on chain, before it computes (DESIGN §2 step 3): paid, consented to, for an approved
 * algorithm, not expired, on the pool that the request names. Each check is a function with an error of its own.
 */
import { type Contributions, checkSellers } from "@sharebridge/algorithms/language/contributions.ts";
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import { checkParameters } from "@sharebridge/algorithms/language/parameters.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { largestPool, type Rows, rowCounts, tablesOf } from "@sharebridge/algorithms/language/tables.ts";
import { decodeParameters } from "@sharebridge/contracts/typed-data.ts";
import type { ChainRequest, ChainTerms, ChainView, Pool, PoolMember } from "../chain/chain-reader.ts";
import { ChainError } from "../chain/errors.ts";
import { lower } from "../chain/hex.ts";
import { PARTIES } from "../math/party.ts";
import { isTooLate, type NodeContext } from "./context.ts";
import { NodeError } from "./errors.ts";
import { contributionsOf } from "./inputs.ts";
import {
  checkNamedInputs,
  notHeld as inputsNotHeld,
  type NamedInputs,
  namedInputs,
  type ObtainInputs,
} from "./named-inputs.ts";
import { checkConsent, checkTerms } from "./policy-checks.ts";
import { approvedProgram } from "./programs.ts";
import { checkFit } from "./stored-schema.ts";

/** A request that may be computed. */
export interface CheckedRequest extends ChainRequest {
  readonly program: Program;
  /** Signed words, as the program declares them. */
  readonly words: readonly bigint[];
  /** By table of the program, the main one first: those of the pool that belong to it, in the order in which they joined. */
  readonly tables: readonly (readonly PoolMember[])[];
  /** Of a program of several tables those of each. */
  readonly rows: Rows;
  readonly contributions: Contributions;
  /** What the answer costs in privacy, in millionths; 0 if it is exact. */
  readonly epsilon: bigint;
  /** The buyer's private inputs, which are here; null where there are none. */
  readonly privateInputs: NamedInputs | null;
  /** Addresses of the four seats' signing keys in the request's epoch. */
  readonly signers: readonly string[];
}

/** Gets a dataset that this node lacks, or throws. */
export type Obtain = (member: PoolMember) => Promise<void>;

/**
 * Throws a `ChainError` or `NodeError` that names the first check that fails.
 *
 * @param requestId lower-case bytes32
 * @param obtain tried for each dataset whose shares are not here
 * @param obtainInputs tried for private inputs that are not here
 */
export async function checkRequest(
  context: NodeContext,
  requestId: string,
  obtain: Obtain = missing,
  obtainInputs: ObtainInputs = missingInputs,
): Promise<CheckedRequest> {
  const view = await context.chain.view();
  const found = await view.request(requestId);
  const terms = await view.terms(found.market);

  await checkOpen(view, found);
  checkDeadline(context, view, found);
  checkCommittee(context, terms, found);
  checkAlgorithm(terms, found);
  checkFee(context, terms, found);
  const program = await approvedProgram(context, lower(found.request.algorithm));
  await checkRunnable(context, view, found);
  checkTerms(program, terms);
  const words = checkWords(program, found);
  const privateInputs = namedInputs(program, found);
  const pool = await checkPool(view, found);
  checkRows(program, pool);
  await checkDatasets(context, pool, obtain);
  const { tables, rows } = await checkTables(context, program, pool);
  const contributions = contributionsOf(tables, found.request.buyer, terms);
  checkSellerRows(program, contributions);
  await checkConsent(view, terms, program, found, pool, contributions);
  if (privateInputs !== null) await checkNamedInputs(context, privateInputs, obtainInputs);
  const signers = (await view.seats(context.committeeId, found.request.epoch)).map(({ signer }) => signer);
  return {
    ...found,
    program,
    words,
    tables,
    rows,
    contributions,
    epsilon: terms.epsilonPerRequest,
    privateInputs,
    signers,
  };
}

async function checkOpen(view: ChainView, { market, requestId }: ChainRequest): Promise<void> {
  const status = await view.statusOf(market, requestId);
  if (status === "open") return;
  if (status === "cancelled") throw new NodeError("Cancelled", `request ${requestId} was cancelled and refunded`);
  if (status === "answered") throw new NodeError("AlreadyAnswered", `request ${requestId} is answered on chain`);
  throw new ChainError("UnknownRequest", `market ${market} holds no request ${requestId}`);
}

function checkDeadline(context: NodeContext, view: ChainView, { request, requestId }: ChainRequest): void {
  if (isTooLate(context, view, request.deadlineUnixS)) {
    throw new NodeError(
      "DeadlinePassed",
      `the deadline of request ${requestId} (${request.deadlineUnixS}) has passed or is less than ${context.settings.deadlineMarginS} s away`,
    );
  }
}

function checkCommittee(context: NodeContext, terms: ChainTerms, { request }: ChainRequest): void {
  if (terms.committeeId !== context.committeeId) {
    throw new NodeError(
      "WrongCommittee",
      `the market is computed by committee ${terms.committeeId}, not ${context.committeeId}`,
    );
  }
  if (request.epoch !== context.epoch) {
    throw new NodeError(
      "WrongEpoch",
      `the request is for epoch ${request.epoch}; this node has its seat in ${context.epoch}`,
    );
  }
}

function checkAlgorithm(terms: ChainTerms, { request }: ChainRequest): void {
  if (lower(request.algorithm) !== terms.algorithm) {
    throw new NodeError(
      "WrongAlgorithm",
      `the request names program ${request.algorithm}, its market sells ${terms.algorithm}`,
    );
  }
}

/** What the market's ledger will credit to each of the four seats. */
function checkFee({ settings }: NodeContext, { committeeBps }: ChainTerms, { request }: ChainRequest): void {
  const fee = (request.price * BigInt(committeeBps)) / 10_000n / BigInt(PARTIES.length);
  if (fee < settings.minimumFee) {
    throw new NodeError(
      "FeeTooLow",
      `the request pays ${fee} to each seat of the committee; this node computes for ${settings.minimumFee} or more`,
    );
  }
}

async function checkRunnable({ committeeId }: NodeContext, view: ChainView, { request }: ChainRequest): Promise<void> {
  if (!(await view.isRunnable(request.algorithm, committeeId, request.epoch))) {
    throw new NodeError(
      "AlgorithmNotRunnable",
      `fewer than three operators approve program ${request.algorithm} on chain`,
    );
  }
}

function checkWords(program: Program, { parameters }: ChainRequest): bigint[] {
  try {
    const words = decodeParameters(parameters);
    checkParameters(program, words);
    return words;
  } catch (error) {
    const reason = error instanceof ProgramError ? error.message : "not abi.encode(int64[])";
    throw new NodeError("ParametersInvalid", `the request's parameters are refused: ${reason}`);
  }
}

async function checkPool(view: ChainView, { market, request, position }: ChainRequest): Promise<Pool> {
  const pool = await view.pool(market, position);
  if (lower(pool.poolHash) !== lower(request.poolHash) || pool.rows !== request.poolRows) {
    throw new ChainError(
      "PoolMismatch",
      `the request names pool ${request.poolHash} with ${request.poolRows} rows; the market's events lead to ${pool.poolHash} with ${pool.rows}`,
    );
  }
  return pool;
}

function checkRows(program: Program, { rows }: Pool): void {
  const most = largestPool(program);
  if (rows < 1n || rows > BigInt(most)) {
    throw new NodeError("TooManyRows", `the pool has ${rows} rows; program ${program.name} is proven for 1 to ${most}`);
  }
}

/** Noise that hides a seller hides so many rows and no more. */
function checkSellerRows(program: Program, contributions: Contributions): void {
  try {
    checkSellers(program, contributions);
  } catch (error) {
    throw error instanceof ProgramError ? new NodeError("TooManyRowsOfSeller", error.message) : error;
  }
}

/** Every member's shares are here, those of its valid rows: by the commitment and the row count with which it joined. */
async function checkDatasets({ store, epoch }: NodeContext, { members }: Pool, obtain: Obtain): Promise<void> {
  for (const member of members) {
    const { datasetId, commitment } = member;
    if ((await store.datasetEntry(datasetId, commitment)) === null) await obtain(member);
    const stored = await store.datasetEntry(datasetId, commitment);
    if (stored === null) throw notHeld(member);
    if (stored.rows !== member.validRows || stored.epoch !== epoch) {
      throw new NodeError(
        "DatasetMissing",
        `dataset ${datasetId} joined with another row count or epoch than is stored here`,
      );
    }
  }
}

/** Each dataset is of one table, and no table is too long: the chain knows the rows of the whole pool alone. A table may be empty. */
async function checkTables(
  { store }: NodeContext,
  program: Program,
  { members, rows }: Pool,
): Promise<Pick<CheckedRequest, "tables" | "rows">> {
  // With one table whose columns a dataset lacks, `loadInputs` says so.
  if (program.tables === undefined) return { tables: [members], rows: Number(rows) };
  const tables = tablesOf(program).map((): PoolMember[] => []);
  for (const member of members) {
    const stored = await store.datasetManifest(member.datasetId, member.commitment);
    if (stored === null) throw notHeld(member);
    tables[checkFit(stored, program)].push(member);
  }
  const counts = tables.map((own) => own.reduce((sum, { validRows }) => sum + validRows, 0));
  try {
    return { tables, rows: rowCounts(program, counts) };
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    throw new NodeError("TooManyRows", `the pool's datasets do not fit program ${program.name}: ${error.message}`);
  }
}

const notHeld = ({ datasetId }: PoolMember) =>
  new NodeError("DatasetMissing", `this node does not hold the shares of dataset ${datasetId}`);

const missing: Obtain = async (member) => {
  throw notHeld(member);
};

const missingInputs: ObtainInputs = async (named) => {
  throw inputsNotHeld(named);
};
