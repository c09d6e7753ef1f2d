import { getAddress, isAddress, isHexString } from "ethers";
import { RunnerError } from "../errors.ts";
import { DEFAULT_GAS_LIMIT, FINALITY_DEPTH } from "../limits.ts";
import { result, type TaskType } from "../pipeline/task.ts";
import { resolveText } from "../pipeline/variables.ts";

function wholeNumber(name: string, value: unknown): bigint {
  const text = String(value);
  if (!/^[0-9]+$/.test(text)) throw new RunnerError("BadInput", `${name} must be a whole number`);
  return BigInt(text);
}

/**
 * Sends a transaction with exactly the gas limit of the task, the job or the node, in this order, and suspends the run
 * until it is confirmed. With `failOnRevert` a reverted one fails the run.
 */
export const ethtx: TaskType = {
  type: "ethtx",
  required: ["to", "data"],
  optional: ["gasLimit", "minConfirmations", "failOnRevert"],
  async run({ name, attributes, variables, jobGasLimit, services, log, signal }) {
    const to = resolveText(attributes.get("to") as string, variables);
    const data = resolveText(attributes.get("data") as string, variables);
    if (!isAddress(to)) throw new RunnerError("BadInput", "to must be an address");
    if (!isHexString(data)) throw new RunnerError("BadInput", "data must be bytes");
    const ownLimit = attributes.get("gasLimit");
    const gasLimit =
      ownLimit === undefined
        ? (jobGasLimit ?? DEFAULT_GAS_LIMIT)
        : wholeNumber("gasLimit", resolveText(ownLimit, variables));
    const confirmations = Number(wholeNumber("minConfirmations", attributes.get("minConfirmations") ?? FINALITY_DEPTH));

    const hash = await services.sender.send({ to: getAddress(to), data, gasLimit }, signal);
    log("info", "transaction sent", { task: name, hash, gasLimit });
    if (confirmations === 0) return result(null);
    const resumed = services.sender.confirmed(hash, confirmations, signal).then((receipt) => {
      log(receipt.status === 1 ? "info" : "warn", "transaction mined", { task: name, hash, ...receipt });
      if (receipt.status !== 1 && attributes.get("failOnRevert") === "true") {
        throw new RunnerError(
          "TransactionReverted",
          `the transaction ${hash} reverted (gas used ${receipt.gasUsed} of ${gasLimit})`,
        );
      }
      return receipt;
    });
    return { kind: "suspended", resumed };
  },
};
