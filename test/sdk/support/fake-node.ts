import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  answerTypes,
  datasetCommitment,
  exhaustionTypes,
  type MarketAnswer,
  marketDomain,
  privateInputsIdOf,
  privateUploadTypes,
  receiptTypes,
  registryDomain,
  uploadTypes,
} from "@sharebridge/contracts/typed-data.ts";
import type { PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { shapeOfTable } from "@sharebridge/mpc-nodes/node/stored-schema.ts";
import { decodePackage } from "@sharebridge/mpc-nodes/sharing/package.ts";
import {
  generateSealingKeyPair,
  open,
  type SealingKeyPair,
  seal,
  sealingInfo,
} from "@sharebridge/mpc-nodes/sharing/sealing.ts";
import { type HeldShares, verifyPackage } from "@sharebridge/mpc-nodes/sharing/table.ts";
import { decodePrivateUpload } from "@sharebridge/mpc-nodes/wire/private-upload.ts";
import { decodeUpload, sealedHashOf } from "@sharebridge/mpc-nodes/wire/upload.ts";
import type { Connection } from "@sharebridge/sdk/network/connect.ts";
import { getBytes, hexlify, keccak256, verifyTypedData, Wallet } from "ethers";

const NOTHING = new Uint8Array();

class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string) {
    super(`refused with ${code}`);
    this.status = status;
    this.code = code;
  }
}

/**
 * A node as the SDK sees one: the HTTP API with real sealing, real share checks and real signatures, but without peers,
 * store and computation. `fault` makes it misbehave.
 */
export class FakeNode {
  readonly seat: PartyId;
  readonly wallet: Wallet;
  readonly sealing: SealingKeyPair;
  readonly datasets = new Map<string, HeldShares>();
  /** By commitment, with the buyer whose requests may name them. */
  readonly privateInputs = new Map<string, { held: HeldShares; buyer: string }>();
  /** Answers by request id: what `GET /v1/requests/:id` and its opening give. */
  readonly answers = new Map<
    string,
    { result: string; answer: MarketAnswer; market: string; opening: Uint8Array | null }
  >();
  /** Bodies received, whole: tests look for what must not be in them. */
  readonly received: Buffer[] = [];
  calls = 0;
  maxUploadBytes = 1_000_000;
  /** Rows that it finds out of range. */
  excluded = 0;
  fault: ((path: string) => { status: number; code: string } | "hang up" | "nonsense" | undefined) | undefined;
  /** Signatures of peers that it shows, by request. */
  readonly peerSignatures = new Map<string, { seat: number; signature: string }[]>();
  connection: Connection | undefined;
  readonly #server: Server;

  private constructor(seat: PartyId, wallet: Wallet, sealing: SealingKeyPair) {
    this.seat = seat;
    this.wallet = wallet;
    this.sealing = sealing;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(seat: PartyId): Promise<FakeNode> {
    const wallet = new Wallet(`0x${(seat + 1).toString(16).padStart(64, "a")}`);
    const node = new FakeNode(seat, wallet, await generateSealingKeyPair());
    await new Promise<void>((resolve) => node.#server.listen(0, "127.0.0.1", resolve));
    return node;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What stands in the committee registry. */
  get chainSeat() {
    return {
      signer: this.wallet.address,
      sealingKey: hexlify(this.sealing.publicKey),
      tlsKeyHash: keccak256(this.wallet.address),
      endpoint: this.endpoint,
      peerEndpoint: `127.0.0.1:${9000 + this.seat}`,
    };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.calls += 1;
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    this.received.push(body);
    const path = request.url ?? "";
    const reply = (status: number, value: unknown) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(value, (_, member) => (typeof member === "bigint" ? member.toString() : member)));
    };
    const fault = this.fault?.(path);
    if (fault === "hang up") return void request.socket.destroy();
    if (fault === "nonsense") return reply(200, { hello: "world" });
    try {
      if (fault !== undefined) throw new Refusal(fault.status, fault.code);
      const [, , kind, id, detail] = path.split("/");
      if (kind === "info") reply(200, await this.#info());
      else if (kind === "private-inputs") reply(201, await this.#storePrivateInputs(id, body));
      else if (request.method === "PUT") reply(201, await this.#store(id, body));
      else if (detail === "exhaustion") reply(200, await this.#exhaustion(id, JSON.parse(body.toString()).market));
      else if (kind === "datasets") reply(200, await this.#receipt(id, JSON.parse(body.toString()).market));
      else if (detail === "opening") reply(200, await this.#opening(id));
      else reply(200, await this.#state(id));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      reply(error.status, { error: { code: error.code, message: error.message } });
    }
  }

  async #info(): Promise<object> {
    const { chainId, committees, description } = this.connection!;
    const { signer, sealingKey } = this.chainSeat;
    const committeeId = BigInt(description.committeeId!);
    const epoch = await committees.currentEpoch(committeeId);
    return { signer, sealingKey, chainId, committeeId, epoch, seat: this.seat, maxUploadBytes: this.maxUploadBytes };
  }

  async #store(id: string, body: Buffer): Promise<object> {
    const { chainId, datasets, datasetRegistry } = this.connection!;
    if (this.datasets.has(id)) throw new Refusal(409, "AlreadyStored");
    const { manifest, sealed } = decodeUpload(body);
    const onChain = await datasets.datasetOf(BigInt(id));
    const commitment = datasetCommitment(manifest.scheme, manifest.shareCommitments);
    if (commitment !== onChain.commitment) throw new Refusal(400, "CommitmentMismatch");
    const sealedHash = await sealedHashOf(sealed);
    if (sealedHash !== manifest.sealedHash) throw new Refusal(400, "SealedHashMismatch");
    const upload = { datasetId: id, commitment, seat: this.seat, sealedHash };
    const signer = verifyTypedData(registryDomain(chainId, datasetRegistry), uploadTypes, upload, manifest.signature);
    const registered = await datasets.queryFilter(datasets.filters.DatasetRegistered(BigInt(id)));
    if (signer !== registered[0].args.seller) throw new Refusal(403, "NotOwner");
    const { committeeId, epoch } = onChain;
    const info = sealingInfo("upload", chainId, datasetRegistry, id, committeeId, epoch, this.seat);
    const shape = shapeOfTable(manifest.schema, manifest.rows);
    const plaintext = await open(this.sealing.privateKey, info, NOTHING, sealed);
    const commitments = manifest.shareCommitments.map((hex) => getBytes(hex));
    const held = await verifyPackage(decodePackage(plaintext, this.seat, shape), shape, getBytes(id), commitments);
    this.datasets.set(id, held);
    return { datasetId: id, seat: this.seat, rows: manifest.rows };
  }

  async #storePrivateInputs(commitment: string, body: Buffer): Promise<object> {
    const upload = decodePrivateUpload(body);
    const { market, buyer, salt, seat, count, shareCommitments, uploader, signature } = upload;
    if (datasetCommitment(upload.scheme, shareCommitments) !== commitment) throw new Refusal(400, "CommitmentMismatch");
    const { chainId, committees, description } = this.connection!;
    const sealed = getBytes(upload.sealed);
    const message = { buyer, commitment, seat, sealedHash: await sealedHashOf(sealed) };
    const signer = verifyTypedData(marketDomain(chainId, market), privateUploadTypes, message, signature);
    if (signer.toLowerCase() !== uploader) throw new Refusal(403, "NotUploader");
    const inputsId = privateInputsIdOf(chainId, market, buyer, salt);
    const committeeId = BigInt(description.committeeId!);
    const epoch = await committees.currentEpoch(committeeId);
    const info = sealingInfo("private-inputs", chainId, market, inputsId, committeeId, epoch, this.seat);
    const plaintext = await open(this.sealing.privateKey, info, NOTHING, sealed);
    const shape = { columns: 1, rows: count };
    const commitments = shareCommitments.map((hex) => getBytes(hex));
    const opened = decodePackage(plaintext, this.seat, shape);
    const held = await verifyPackage(opened, shape, getBytes(inputsId), commitments);
    this.privateInputs.set(commitment, { held, buyer });
    return { commitment, seat: this.seat, keptUntilUnixS: "0" };
  }

  async #receipt(id: string, market: string): Promise<object> {
    const held = this.datasets.get(id);
    if (held === undefined) throw new Refusal(404, "DatasetNotStored");
    const { commitment, epoch } = await this.connection!.datasets.datasetOf(BigInt(id));
    const excluded = this.excluded;
    if (excluded >= held.shape.rows) throw new Refusal(409, "NoValidRows");
    const validCommitment = excluded === 0 ? commitment : keccak256(commitment);
    const receipt = { datasetId: id, commitment, epoch, validRows: held.shape.rows - excluded, validCommitment };
    const signature = await this.wallet.signTypedData(
      marketDomain(this.connection!.chainId, market),
      receiptTypes,
      receipt,
    );
    return { seat: this.seat, ...receipt, signature };
  }

  /** Says so of any dataset: what is counted is the real nodes' to test. */
  async #exhaustion(datasetId: string, market: string): Promise<object> {
    const domain = marketDomain(this.connection!.chainId, market);
    return {
      seat: this.seat,
      datasetId,
      signature: await this.wallet.signTypedData(domain, exhaustionTypes, { datasetId }),
    };
  }

  async #state(id: string): Promise<object> {
    const known = this.answers.get(id);
    if (known === undefined) throw new Refusal(404, "UnknownRequest");
    const { result, answer } = known;
    return {
      requestId: id,
      state: "signed",
      final: true,
      answer: {
        ...{ seat: this.seat, result, answer, signature: await this.sign(id) },
        signatures: this.peerSignatures.get(id) ?? [],
      },
    };
  }

  async sign(id: string): Promise<string> {
    const { answer, market } = this.answers.get(id)!;
    return this.wallet.signTypedData(marketDomain(this.connection!.chainId, market), answerTypes, answer);
  }

  async #opening(id: string): Promise<object> {
    const known = this.answers.get(id);
    if (known?.opening == null) throw new Refusal(409, "NotDelivered");
    const { market, opening } = known;
    const [event] = await this.connection!.provider.getLogs({ address: market, fromBlock: 0, topics: [null, id] });
    const answerKey = `0x${event.data.slice(2 + 3 * 64, 2 + 4 * 64)}`;
    const info = sealingInfo("opening", this.connection!.chainId, market, id, this.seat);
    return { seat: this.seat, sealed: hexlify(await seal(getBytes(answerKey), info, NOTHING, opening)) };
  }
}
