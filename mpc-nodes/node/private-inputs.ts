/**
 * Buyers' private inputs: taken in before a request names them, if they are exactly what their commitment says; kept for as long as they may be
 * needed, and no longer.
 *
 * They are bound to chain, market and buyer by the id that their shares are committed under, so that nobody else's request is computed on them.
 * Whoever signs the upload only answers for the room that it takes: a buyer that is a contract has someone upload for it.
 */
import { privateInputsOf } from "@sharebridge/algorithms/language/private-inputs.ts";
import {
  datasetCommitment,
  marketDomain,
  privateInputsIdOf,
  privateUploadTypes,
} from "@sharebridge/contracts/typed-data.ts";
import { getAddress, getBytes } from "ethers";
import type { ChainView } from "../chain/chain-reader.ts";
import type { PartyId } from "../math/party.ts";
import { decodePackage } from "../sharing/package.ts";
import { open, sealingInfo } from "../sharing/sealing.ts";
import { verifyPackage } from "../sharing/table.ts";
import type { StoredPrivateInputs } from "../store/store.ts";
import {
  MAX_PRIVATE_INPUTS_BYTES,
  MAX_PRIVATE_INPUTS_BYTES_PER_UPLOADER,
  MAX_PRIVATE_UPLOADS_AT_ONCE,
  PRIVATE_INPUTS_KEPT_S,
  PRIVATE_INPUTS_OVERHEAD_BYTES,
  PRIVATE_INPUTS_SWEEP_MS,
} from "../wire/limits.ts";
import { decodePrivateUpload, type PrivateUpload } from "../wire/private-upload.ts";
import { sealedHashOf } from "../wire/upload.ts";
import { type NodeContext, nowUnixS } from "./context.ts";
import { NodeError } from "./errors.ts";
import { requireBytes32 } from "./ids.ts";
import { checkCommittee, checkMarket } from "./market-checks.ts";
import { approvedProgram } from "./programs.ts";
import { sharing } from "./sharing-refusals.ts";
import { isSignedBy } from "./signed-by.ts";
import { asRefusal } from "./upload-body.ts";

/** All that sealing binds is in `info`. */
const NO_ASSOCIATED_DATA = new Uint8Array();

export interface PrivateUploadReceipt {
  readonly commitment: string;
  readonly seat: PartyId;
  /** They are gone after that second, unless a request names them. */
  readonly keptUntilUnixS: bigint;
}

export class PrivateInputs {
  readonly #context: NodeContext;
  readonly #sweep: NodeJS.Timeout;
  /** Bytes that are being verified, by upload: they count as if they were stored. */
  readonly #coming = new Map<symbol, { readonly uploader: string; readonly bytes: number }>();

  constructor(context: NodeContext) {
    this.#context = context;
    this.#sweep = setInterval(() => {
      this.#expire().catch((error: unknown) =>
        context.log.error({ error }, "private inputs could not be looked through"),
      );
    }, PRIVATE_INPUTS_SWEEP_MS).unref();
  }

  /**
   * Stores what is sealed to this seat. Repeating an upload changes nothing. What is refused says nothing of a value.
   *
   * @throws NodeError `Malformed`, `TooLarge`, `UnknownMarket`, `WrongSeat`, `CommitmentMismatch`, `NotUploader`, `PrivateInputsInvalid`,
   * `SealedBytesRejected`, `WrongShape`, `UploadsBusy`, `StorageFull`, `OwnerQuotaExceeded`
   */
  async upload(commitmentText: string, body: Uint8Array): Promise<PrivateUploadReceipt> {
    const commitment = requireBytes32("a commitment", commitmentText);
    const upload = asRefusal(() => decodePrivateUpload(body));
    const { seat, store, log } = this.#context;
    const known = await store.privateInputs(commitment);
    if (known !== null) return { commitment, seat, keptUntilUnixS: known.keptUntilUnixS };
    if (this.#coming.size >= MAX_PRIVATE_UPLOADS_AT_ONCE) {
      throw new NodeError("UploadsBusy", `${this.#coming.size} uploads are being verified; try again in a moment`);
    }
    const place = Symbol(commitment);
    const bytes = upload.sealed.length / 2 + PRIVATE_INPUTS_OVERHEAD_BYTES;
    this.#coming.set(place, { uploader: upload.uploader, bytes });
    try {
      await this.#checkUploader(commitment, upload);
      const view = await this.#context.chain.view();
      await this.#checkMarket(view, upload);
      await this.#expire(view);
      await this.#checkRoom(upload.uploader);
      const keptUntilUnixS = nowUnixS(this.#context, view) + BigInt(PRIVATE_INPUTS_KEPT_S);
      await store.putPrivateInputs(await this.#opened(commitment, upload, keptUntilUnixS));
      log.info({ commitment, market: upload.market, count: upload.count }, "private inputs stored");
      return { commitment, seat, keptUntilUnixS };
    } finally {
      this.#coming.delete(place);
    }
  }

  /** Resolves when no timer is left. */
  stop(): void {
    clearInterval(this.#sweep);
  }

  /** The signature, before anything is looked up for a stranger: only then is it known whose room it takes. */
  async #checkUploader(commitment: string, upload: PrivateUpload): Promise<void> {
    const { seat, chain } = this.#context;
    if (upload.seat !== seat) {
      throw new NodeError("WrongSeat", `the upload is for seat ${upload.seat}; this node has seat ${seat}`);
    }
    if (datasetCommitment(upload.scheme, upload.shareCommitments) !== commitment) {
      throw new NodeError("CommitmentMismatch", `the share commitments do not hash to ${commitment}`);
    }
    const { buyer, market, uploader, signature } = upload;
    const sealedHash = await sealedHashOf(getBytes(upload.sealed));
    const value = { buyer, commitment, seat, sealedHash };
    const message = { domain: marketDomain(chain.chainId, market), types: privateUploadTypes, value };
    if (!isSignedBy(uploader, message, signature)) {
      throw new NodeError("NotUploader", `the upload is not signed by ${uploader}`);
    }
  }

  /** A market of this committee, whose program takes that many private inputs. */
  async #checkMarket(view: ChainView, { market, count }: PrivateUpload): Promise<void> {
    await checkMarket(view, getAddress(market));
    const terms = await view.terms(market);
    checkCommittee(this.#context, market, terms);
    const declared = privateInputsOf(await approvedProgram(this.#context, terms.algorithm)).length;
    if (declared === count) return;
    throw new NodeError("PrivateInputsInvalid", `the market's program takes ${declared} private inputs, not ${count}`);
  }

  /** Uploads under way count as if they were stored. */
  async #checkRoom(uploader: string): Promise<void> {
    const { store } = this.#context;
    const [stored, own] = [await store.privateInputsBytes(), await store.privateInputsBytes(uploader)];
    const coming = [...this.#coming.values()];
    const sum = (uploads: typeof coming) => uploads.reduce((total, { bytes }) => total + bytes, 0);
    if (stored + sum(coming) > MAX_PRIVATE_INPUTS_BYTES) {
      throw new NodeError("StorageFull", `this node keeps at most ${MAX_PRIVATE_INPUTS_BYTES} bytes of private inputs`);
    }
    if (own + sum(coming.filter((each) => each.uploader === uploader)) > MAX_PRIVATE_INPUTS_BYTES_PER_UPLOADER) {
      const message = `this node keeps at most ${MAX_PRIVATE_INPUTS_BYTES_PER_UPLOADER} bytes of private inputs of one uploader`;
      throw new NodeError("OwnerQuotaExceeded", message);
    }
  }

  /** Opened and held against the commitments: a wrong share is refused here, and never looks like this node's doing. */
  async #opened(commitment: string, upload: PrivateUpload, keptUntilUnixS: bigint): Promise<StoredPrivateInputs> {
    const { chain, seat, keys, committeeId, epoch } = this.#context;
    const { market, buyer, salt, count, shareCommitments, uploader } = upload;
    const inputsId = privateInputsIdOf(chain.chainId, market, buyer, salt);
    const info = sealingInfo("private-inputs", chain.chainId, market, inputsId, committeeId, epoch, seat);
    const shape = { columns: 1, rows: count };
    const plaintext = await sharing(async () => {
      const opened = await open(keys.sealingPrivateKey, info, NO_ASSOCIATED_DATA, getBytes(upload.sealed));
      const commitments = shareCommitments.map((each) => getBytes(each));
      await verifyPackage(decodePackage(opened, seat, shape), shape, getBytes(inputsId), commitments);
      return opened;
    });
    return {
      ...{ commitment, seat, epoch, market, buyer, salt, count, shareCommitments, uploader, keptUntilUnixS },
      package: plaintext,
    };
  }

  async #expire(view?: ChainView): Promise<void> {
    const { store, nowUnixMs, log } = this.#context;
    const now = nowUnixS(this.#context, view ?? { latestUnixS: BigInt(Math.floor(nowUnixMs() / 1_000)) });
    const expired = await store.expirePrivateInputs(now);
    if (expired > 0) log.info({ expired }, "private inputs past their time are removed");
  }
}
