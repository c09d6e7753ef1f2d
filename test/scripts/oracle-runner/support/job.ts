import { renderJob } from "../../../../adapter/jobs/render.ts";

export const uuid = "0eec7e1d-d0d2-476c-a1a8-72dfb6633f46";

/** The real job, for contracts that do not matter. */
export const realJob = renderJob({
  externalJobId: uuid,
  operatorAddress: `0x${"11".repeat(20)}`,
  gatewayAddress: `0x${"22".repeat(20)}`,
  chainId: 31_337n,
  minIncomingConfirmations: 1,
  minPaymentJuels: 0n,
});

/** Replaces a part of the job that must be there. */
export function change(job: string, part: string, replacement: string): string {
  if (!job.includes(part)) throw new Error(`the job has no ${part}`);
  return job.replace(part, () => replacement);
}
