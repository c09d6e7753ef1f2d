import { pause } from "@sharebridge/adapter/pause.ts";
import { keccak256, type Provider, type TransactionLike, Wallet } from "ethers";
import { messageOf, RunnerError } from "../errors.ts";
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
      const nonce = await this.#provider.getTransactionCount(this.#wallet.address, "pending");
      return this.#broadcast(await this.#wallet.populateTransaction({ ...transaction, nonce }));
    });
    this.#last = sent.catch(() => {});
    return sent;
  }

  async #broadcast(transaction: TransactionLike): Promise<string> {
    const signed = await this.#wallet.signTransaction(transaction);
    const hash = keccak256(signed);
    try {
      await this.#provider.broadcastTransaction(signed);
    } catch (error) {
      // Development chains report a revert here, although the transaction is mined.
      if ((await this.#provider.getTransaction(hash)) === null) {
        throw new RunnerError("NotSent", `the transaction was not accepted: ${messageOf(error)}`);
      }
    }
    return hash;
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
