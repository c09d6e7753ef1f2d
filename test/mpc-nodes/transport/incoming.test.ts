import { mock } from "node:test";
import { expect } from "chai";
import { TransportError } from "../../../mpc-nodes/transport/errors.ts";
import { IncomingStream } from "../../../mpc-nodes/transport/incoming.ts";
import { MIN_PROGRESS_BYTES, UNREAD_BLOCK_BYTES } from "../../../mpc-nodes/wire/limits.ts";

const TIMEOUT_MS = 1_000;

describe("incoming stream", () => {
  let buffered = 0;
  let totalRead = 0;
  let stream: IncomingStream;

  beforeEach(() => {
    mock.timers.enable({ apis: ["setTimeout"] });
    buffered = 0;
    const onBuffered = (change: number) => {
      buffered += change;
    };
    const onRead = (byteLength: number) => {
      totalRead += byteLength;
    };
    totalRead = 0;
    stream = new IncomingStream({ peer: 2, receiveTimeoutMs: TIMEOUT_MS, onBuffered, onRead });
  });

  afterEach(() => mock.timers.reset());

  /** Lets promise reactions run; the clock stands still. */
  const settle = () => new Promise((resolve) => setImmediate(resolve));

  function read(byteLength: number): Promise<Uint8Array> {
    const into = new Uint8Array(byteLength);
    return stream.read(into).then(() => into);
  }

  /** What a promise has become. */
  async function stateOf(promise: Promise<Uint8Array>): Promise<string> {
    const outcome = promise.then(
      (bytes) => `${bytes.length} bytes`,
      (error: TransportError) => error.code,
    );
    await settle();
    return Promise.race([outcome, Promise.resolve("waits")]);
  }

  it("fails a read when the peer is silent for the timeout, not before", async () => {
    const wait = read(1);
    wait.catch(() => {});
    mock.timers.tick(TIMEOUT_MS - 1);
    expect(await stateOf(wait)).to.equal("waits");
    mock.timers.tick(1);
    expect(await stateOf(wait)).to.equal("PeerSilent");
    expect(stream.ended).to.have.property("code", "PeerSilent");
  });

  it("does not run the clock while nobody reads", async () => {
    mock.timers.tick(10 * TIMEOUT_MS);
    stream.push(Uint8Array.of(1));
    expect(await stateOf(read(1))).to.equal("1 bytes");
    mock.timers.tick(10 * TIMEOUT_MS);
    stream.push(Uint8Array.of(1));
    expect(await stateOf(read(1))).to.equal("1 bytes");
  });

  it("gives a long read as long as it makes progress", async () => {
    const parts = 10;
    const wait = read(parts * MIN_PROGRESS_BYTES);
    for (let part = 0; part < parts; part++) {
      mock.timers.tick(TIMEOUT_MS - 1);
      stream.push(new Uint8Array(MIN_PROGRESS_BYTES));
    }
    expect(await stateOf(wait)).to.equal(`${parts * MIN_PROGRESS_BYTES} bytes`);
  });

  it("does not take a trickle for progress", async () => {
    const wait = read(MIN_PROGRESS_BYTES);
    wait.catch(() => {});
    for (let byte = 0; byte < 10; byte++) {
      mock.timers.tick(TIMEOUT_MS / 10);
      stream.push(Uint8Array.of(byte));
    }
    expect(await stateOf(wait)).to.equal("PeerSilent");
  });

  it("starts the clock anew for each read", async () => {
    const [first, second] = [read(1), read(1)];
    second.catch(() => {});
    mock.timers.tick(TIMEOUT_MS - 1);
    stream.push(Uint8Array.of(1));
    expect(await stateOf(first)).to.equal("1 bytes");
    mock.timers.tick(TIMEOUT_MS - 1);
    expect(await stateOf(second)).to.equal("waits");
    mock.timers.tick(1);
    expect(await stateOf(second)).to.equal("PeerSilent");
  });

  it("accounts for the memory that it uses, and for none once all is read or it is destroyed", async () => {
    stream.push(new Uint8Array(10));
    stream.push(new Uint8Array(UNREAD_BLOCK_BYTES));
    expect(buffered).to.equal(2 * UNREAD_BLOCK_BYTES);
    await read(3);
    expect(buffered).to.equal(2 * UNREAD_BLOCK_BYTES);
    await read(UNREAD_BLOCK_BYTES);
    expect(buffered).to.equal(UNREAD_BLOCK_BYTES);
    await read(7);
    expect([buffered, totalRead]).to.deep.equal([0, 10 + UNREAD_BLOCK_BYTES]);
    stream.push(new Uint8Array(1));
    stream.destroy(new TransportError("SessionClosed", "closed"));
    expect(buffered).to.equal(0);
    stream.push(new Uint8Array(10));
    expect(buffered).to.equal(0);
  });

  it("keeps nothing of the memory that it was given", async () => {
    const piece = Uint8Array.of(1, 2, 3, 4);
    const first = read(2);
    stream.push(piece);
    piece.fill(0);
    expect([...(await first), ...(await read(2))]).to.deep.equal([1, 2, 3, 4]);
  });

  it("keeps what came before the end readable, and nothing after it was destroyed", async () => {
    stream.push(new Uint8Array(4));
    stream.end(new TransportError("ClosedByPeer", "done", 2));
    expect(await stateOf(read(3))).to.equal("3 bytes");
    expect(await stateOf(read(2))).to.equal("ClosedByPeer");
    stream.destroy(new TransportError("SessionClosed", "closed"));
    expect(await stateOf(read(1))).to.equal("SessionClosed");
    expect(buffered).to.equal(0);
  });
});
