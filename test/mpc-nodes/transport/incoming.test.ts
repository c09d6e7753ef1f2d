import { mock } from "node:test";
import { expect } from "chai";
import { TransportError } from "../../../mpc-nodes/transport/errors.ts";
import { IncomingStream } from "../../../mpc-nodes/transport/incoming.ts";
import { BUFFERED_FRAME_OVERHEAD_BYTES, MIN_PROGRESS_BYTES } from "../../../mpc-nodes/wire/limits.ts";

const TIMEOUT_MS = 1_000;

describe("incoming stream", () => {
  let buffered = 0;
  let stream: IncomingStream;

  beforeEach(() => {
    mock.timers.enable({ apis: ["setTimeout"] });
    buffered = 0;
    const onBuffered = (change: number) => {
      buffered += change;
    };
    stream = new IncomingStream({ peer: 2, receiveTimeoutMs: TIMEOUT_MS, onBuffered });
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

  it("accounts for what it holds, overhead included, and for nothing once it is read or destroyed", async () => {
    stream.push(new Uint8Array(10));
    stream.push(new Uint8Array(5));
    expect(buffered).to.equal(15 + 2 * BUFFERED_FRAME_OVERHEAD_BYTES);
    await read(3);
    expect(buffered).to.equal(12 + 2 * BUFFERED_FRAME_OVERHEAD_BYTES);
    await read(9);
    expect(buffered).to.equal(3 + BUFFERED_FRAME_OVERHEAD_BYTES);
    stream.destroy(new TransportError("SessionClosed", "closed"));
    expect(buffered).to.equal(0);
    stream.push(new Uint8Array(10));
    expect(buffered).to.equal(0);
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
