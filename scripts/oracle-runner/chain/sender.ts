import { type Provider, Wallet } from "ethers";
import { messageOf, RunnerError } from "../errors.ts";
import { pause } from "../pause.ts";
import type { TransactionSender } from "../pipeline/task.ts";

/** Sends from one key, one transaction after another, so that nonces never collide. */
export class KeySender implements TransactionSender {
  readonly #wallet: Wallet;
  readonly #provider: Provider;
  readonly #pollMs: number;
  #last: Promise<unknown> = Promise.resolve();

  constructor(privateKey: string, provider: Provider, pollMs: number) {
    this.#wallet = new Wallet(privateKey, provider);
    this.#provider = provider;
    this.#pollMs = pollMs;
  }

  get address(): string {
    return this.#wallet.address;
  }

  send(transaction: { to: string; data: string; gasLimit: bigint }, signal: AbortSignal): Promise<string> {
    const sent = this.#last.then(async () => {
      signal.throwIfAborted();
      try {
        const nonce = await this.#provider.getTransactionCount(this.#wallet.address, "pending");
        const { hash } = await this.#wallet.sendTransaction({ ...transaction, nonce });
        return hash;
      } catch (error) {
        throw new RunnerError("BadInput", `the transaction was not accepted: ${messageOf(error)}`);
      }
    });
    this.#last = sent.catch(() => {});
    return sent;
  }

  async confirmed(
    hash: string,
    confirmations: number,
    signal: AbortSignal,
  ): Promise<{ status: number; gasUsed: bigint }> {
    for (;;) {
      signal.throwIfAborted();
      const receipt = await this.#provider.getTransactionReceipt(hash);
      if (receipt !== null && (await this.#provider.getBlockNumber()) - receipt.blockNumber + 1 >= confirmations) {
        return { status: receipt.status ?? 0, gasUsed: receipt.gasUsed };
      }
      await pause(this.#pollMs, signal);
    }
  }
}
