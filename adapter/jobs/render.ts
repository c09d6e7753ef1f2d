/**
 * Fills the job's placeholders with a deployment's values.
 * `node adapter/jobs/render.ts --chain-id 1 --operator 0x… --gateway 0x… --external-job-id UUID` prints the job.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { isAddress } from "ethers";
import { isJobId } from "./spec-id.ts";

/** A deployment's values. Addresses are 0x-hex, `minPaymentJuels` is 1e-18 LINK. */
export interface JobValues {
  readonly externalJobId: string;
  readonly operatorAddress: string;
  readonly gatewayAddress: string;
  readonly chainId: bigint;
  readonly minIncomingConfirmations: number;
  readonly minPaymentJuels: bigint;
}

export type JobRenderErrorCode = "MalformedValue" | "UnknownPlaceholder" | "UnusedValue";

export class JobRenderError extends Error {
  readonly code: JobRenderErrorCode;

  constructor(code: JobRenderErrorCode, message: string) {
    super(message);
    this.name = "JobRenderError";
    this.code = code;
  }
}

const isNonNegative = (value: bigint | number) =>
  value >= 0 && (typeof value === "bigint" || Number.isSafeInteger(value));

/** Placeholder → its text, after a check: a value can never add lines or quotes to the job. */
function textsOf(values: JobValues): Map<string, string> {
  const checks: [placeholder: string, text: string, isRight: boolean, form: string][] = [
    ["EXTERNAL_JOB_ID", values.externalJobId, isJobId(values.externalJobId), "a UUID"],
    ["OPERATOR_ADDRESS", values.operatorAddress, isAddress(values.operatorAddress), "an address"],
    ["GATEWAY_ADDRESS", values.gatewayAddress, isAddress(values.gatewayAddress), "an address"],
    ["CHAIN_ID", String(values.chainId), isNonNegative(values.chainId), "a whole number"],
    [
      "MIN_INCOMING_CONFIRMATIONS",
      String(values.minIncomingConfirmations),
      isNonNegative(values.minIncomingConfirmations),
      "a whole number",
    ],
    ["MIN_PAYMENT_JUELS", String(values.minPaymentJuels), isNonNegative(values.minPaymentJuels), "a whole number"],
  ];
  const wrong = checks
    .filter(([, , isRight]) => !isRight)
    .map(([placeholder, , , form]) => `${placeholder} must be ${form}`);
  if (wrong.length > 0) throw new JobRenderError("MalformedValue", `${wrong.join("; ")}`);
  return new Map(checks.map(([placeholder, text]) => [placeholder, text]));
}

/** The job as it stands in this folder, with its placeholders. */
export const jobTemplate = (): string => readFileSync(new URL("computation.toml", import.meta.url), "utf8");

/**
 * @param template by default the job of this folder
 * @throws JobRenderError naming the value or placeholder that is wrong
 */
export function renderJob(values: JobValues, template = jobTemplate()): string {
  const texts = textsOf(values);
  const used = new Set<string>();
  const rendered = template.replaceAll(/\$\{([A-Z_]+)\}/g, (_, placeholder: string) => {
    const text = texts.get(placeholder);
    if (text === undefined)
      throw new JobRenderError("UnknownPlaceholder", `nothing fills \${${placeholder}} in the job`);
    used.add(placeholder);
    return text;
  });
  const unused = [...texts.keys()].filter((placeholder) => !used.has(placeholder));
  if (unused.length > 0) throw new JobRenderError("UnusedValue", `the job has no place for ${unused.join(", ")}`);
  return rendered;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      "chain-id": { type: "string" },
      operator: { type: "string" },
      gateway: { type: "string" },
      "external-job-id": { type: "string" },
      "min-incoming-confirmations": { type: "string", default: "3" },
      "min-payment-juels": { type: "string", default: "100000000000000000" },
    },
  });
  try {
    const number = (text: string | undefined) => (/^[0-9]+$/.test(text ?? "") ? BigInt(text ?? "") : -1n);
    process.stdout.write(
      renderJob({
        externalJobId: values["external-job-id"] ?? "",
        operatorAddress: values.operator ?? "",
        gatewayAddress: values.gateway ?? "",
        chainId: number(values["chain-id"]),
        minIncomingConfirmations: Number(number(values["min-incoming-confirmations"])),
        minPaymentJuels: number(values["min-payment-juels"]),
      }),
    );
  } catch (error) {
    if (!(error instanceof JobRenderError)) throw error;
    console.error(`${error.code}: ${error.message}`);
    process.exitCode = 1;
  }
}
