import type { JobSpec } from "../job/spec.ts";
import type { OracleRequest } from "./operator.ts";

/** Why a Chainlink node would not run the job for a request, or null when it would. */
export function refusalOf(request: OracleRequest, job: Pick<JobSpec, "minPaymentJuels" | "requesters">): string | null {
  if (request.paymentJuels < job.minPaymentJuels) {
    return `it pays ${request.paymentJuels} juels, minContractPaymentLinkJuels is ${job.minPaymentJuels}`;
  }
  if (job.requesters.length > 0 && !job.requesters.includes(request.requester)) {
    return `its requester ${request.requester} is not among the job's requesters`;
  }
  return null;
}
