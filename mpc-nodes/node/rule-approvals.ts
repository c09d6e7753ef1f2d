/**
 * Approvals that follow from the operator's rules. A market takes no request before three seats have approved its program on
 * chain, by transactions of their signing keys: what a rule allows is therefore approved there too, when the node starts if it
 * is registered then, else when somebody first asks this node for it (a seller who wants a receipt).
 */
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { ApprovalError } from "./approval-error.ts";
import type { AllowedProgram } from "./approval-rules.ts";
import { describeError } from "./describe-error.ts";
import type { Log } from "./log.ts";
import type { AllowedByRule } from "./programs.ts";

export interface RuleApprovalsOptions {
  readonly allowed: ReadonlyMap<string, AllowedProgram>;
  /** Approves on chain, unless the seat has. When `signal` aborts, nobody waits for it any more. */
  readonly approve: (program: AllowedProgram, signal: AbortSignal) => Promise<unknown>;
  /** True for what the operator has revoked: no rule brings it back. */
  readonly isRevoked: (hash: string) => Promise<boolean>;
  readonly log: Log;
}

export class RuleApprovals implements AllowedByRule {
  readonly #options: RuleApprovalsOptions;
  /** Approved on chain, or about to be. */
  readonly #sent = new Set<string>();
  /** One transaction at a time: they are numbered. */
  #last: Promise<void> = Promise.resolve();
  readonly #stop = new AbortController();

  constructor(options: RuleApprovalsOptions) {
    this.#options = options;
  }

  program(hash: string): Program | undefined {
    const found = this.#options.allowed.get(hash);
    if (found !== undefined) this.#send(found);
    return found?.program;
  }

  /** Approves what is registered already. */
  begin(): void {
    for (const each of this.#options.allowed.values()) this.#send(each);
  }

  /** What was not begun is not sent; what was sent may be mined or not. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error("the node stops"));
    await this.#last;
  }

  #send(program: AllowedProgram): void {
    const { hash } = program;
    if (this.#sent.has(hash)) return;
    this.#sent.add(hash);
    this.#last = this.#last.then(async () => {
      // Whoever asks next lets it be tried again.
      if (this.#stop.signal.aborted || !(await this.#approved(program))) this.#sent.delete(hash);
    });
  }

  async #approved(allowed: AllowedProgram): Promise<boolean> {
    const { approve, isRevoked, log } = this.#options;
    const { hash, program, rule } = allowed;
    try {
      if (await isRevoked(hash)) return false;
      await untilAborted(approve(allowed, this.#stop.signal), this.#stop.signal);
      log.info({ algorithm: hash, program: program.name, rule }, "a rule's program is approved on chain");
      return true;
    } catch (error) {
      if (this.#stop.signal.aborted) return false;
      if (error instanceof ApprovalError && error.code === "NotRegistered") return false;
      const reason = describeError(error);
      log.warn({ algorithm: hash, program: program.name, rule, reason }, "a rule's program was not approved on chain");
      return false;
    }
  }
}

/** What `work` gives, or the signal's reason if that comes first. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  return Promise.race([work, aborted]).finally(() => signal.removeEventListener("abort", abort));
}
