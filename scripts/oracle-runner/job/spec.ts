/** The job's TOML: the keys of a `directrequest` job that this runner knows; any other is refused by name. */

import { isJobId, specIdOf } from "@sharebridge/adapter/jobs/spec-id.ts";
import { getAddress, isAddress } from "ethers";
import { parse } from "smol-toml";
import { z } from "zod";
import { messageOf, RunnerError } from "../errors.ts";

const address = z.string().refine(isAddress, "must be an address").transform(getAddress);
const wholeNumber = z.union([z.int().min(0), z.string().regex(/^[0-9]+$/)]).transform(BigInt);

const jobKeys = {
  type: z.literal("directrequest"),
  schemaVersion: z.literal(1),
  name: z.string().optional(),
  externalJobID: z.string().refine(isJobId, "must be a UUID"),
  contractAddress: address,
  evmChainID: wholeNumber,
  minIncomingConfirmations: z.int().min(0).default(1),
  minContractPaymentLinkJuels: wholeNumber.default(0n),
  requesters: z.array(address).default([]),
  gasLimit: z.int().min(21_000).optional(),
  observationSource: z.string(),
};

export interface JobSpec {
  readonly name: string;
  /** What the requests' `specId` must be. */
  readonly specId: string;
  /** The Operator. */
  readonly contractAddress: string;
  readonly chainId: bigint;
  readonly minIncomingConfirmations: number;
  readonly minPaymentJuels: bigint;
  /** Contracts whose requests are served; empty: all. */
  readonly requesters: readonly string[];
  readonly gasLimit: bigint | null;
  readonly observationSource: string;
}

/** @throws RunnerError `BadJob`, `UnknownJobKey` */
export function parseJobSpec(toml: string): JobSpec {
  let table: Record<string, unknown>;
  try {
    table = parse(toml);
  } catch (error) {
    throw new RunnerError("BadJob", `the job is not TOML: ${messageOf(error)}`);
  }
  const unknown = Object.keys(table).filter((key) => !(key in jobKeys));
  if (unknown.length > 0)
    throw new RunnerError("UnknownJobKey", `this runner does not know the job's ${unknown.join(", ")}`);
  const checked = z.object(jobKeys).safeParse(table);
  if (!checked.success) throw new RunnerError("BadJob", `the job is not right:\n${z.prettifyError(checked.error)}`);
  const job = checked.data;
  return {
    name: job.name ?? job.externalJobID,
    specId: specIdOf(job.externalJobID),
    contractAddress: job.contractAddress,
    chainId: job.evmChainID,
    minIncomingConfirmations: job.minIncomingConfirmations,
    minPaymentJuels: job.minContractPaymentLinkJuels,
    requesters: job.requesters,
    gasLimit: job.gasLimit === undefined ? null : BigInt(job.gasLimit),
    observationSource: job.observationSource,
  };
}
