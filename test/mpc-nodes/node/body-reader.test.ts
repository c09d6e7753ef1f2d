import { connect } from "node:net";
import { PassThrough } from "node:stream";
import { BodyReader } from "@sharebridge/mpc-nodes/node/body-reader.ts";
import { createHttpApp } from "@sharebridge/mpc-nodes/node/http.ts";
import { listen } from "@sharebridge/mpc-nodes/node/http-server.ts";
import { PrivateInputs } from "@sharebridge/mpc-nodes/node/private-inputs.ts";
import { Requests } from "@sharebridge/mpc-nodes/node/requests.ts";
import { BODY_PROGRESS_BYTES, MAX_MANIFEST_BYTES, MAX_REQUEST_BODY_BYTES } from "@sharebridge/mpc-nodes/wire/limits.ts";
import { expect } from "chai";
import { Trickle } from "./support/body.ts";
import { allValid, testContext } from "./support/context.ts";
import { Folders } from "./support/keys.ts";
import { rejection } from "./support/rejection.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);

describe("a body's reader", () => {
  it("takes exact lengths across pieces, and no piece before it is needed", async () => {
    const client = new Trickle([bytes(1, 2, 3), bytes(4), bytes(5, 6)]);
    expect([...(await client.body.take(2))]).to.deep.equal([1, 2]);
    expect(client.asked).to.equal(1);
    const seen: number[][] = [];
    expect([...(await client.body.take(3, (piece) => seen.push([...piece])))]).to.deep.equal([3, 4, 5]);
    expect(seen).to.deep.equal([[3], [4], [5]]);
    expect([...((await client.body.piece(9)) ?? [])]).to.deep.equal([6]);
    expect(await client.body.piece(9)).to.equal(null);
    expect(await client.body.piece(9)).to.equal(null);
  });

  it("refuses bodies that end early and clients that leave", async () => {
    const short = new Trickle([bytes(1, 2)]);
    expect(await rejection(short.body.take(3))).to.have.property("code", "Malformed");
    const client = new Trickle([bytes(1)], { silent: true });
    const taken = rejection(client.body.take(2));
    await client.waits;
    client.leave();
    expect(await taken).to.have.property("code", "Malformed");
    expect(await rejection(client.body.take(1))).to.have.property("code", "Malformed");
  });

  it("lets go of silent clients, and of those that drip", async () => {
    const pace = { progressMs: 5, progressBytes: 100 };
    const silent = new Trickle([], { silent: true, pace });
    expect(await rejection(silent.body.take(1))).to.have.property("code", "TooSlow");
    const source = new PassThrough();
    const drip = setInterval(() => source.write(bytes(0)), 1);
    const body = new BodyReader(source, undefined, pace);
    const error = await rejection(body.take(1_000_000)).finally(() => clearInterval(drip));
    expect(error).to.have.property("code", "TooSlow");
  });

  it("counts only the time in which it waits", async () => {
    const client = new Trickle([bytes(1), bytes(2)], { pace: { progressMs: 1_000, progressBytes: 100 } });
    await client.body.take(1);
    // The node is busy for longer than the pace allows a client.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect([...(await client.body.take(1))]).to.deep.equal([2]);
  });

  it("has one pace for all bodies: those of JSON and manifests must be there in one period", () => {
    expect(MAX_REQUEST_BODY_BYTES).to.be.lessThan(BODY_PROGRESS_BYTES);
    expect(MAX_MANIFEST_BYTES).to.be.at.most(BODY_PROGRESS_BYTES);
  });
});

describe("slow clients of the HTTP side", () => {
  const folders = new Folders();
  after(() => folders.remove());

  it("are told so", async () => {
    const [node] = await folders.keys(1);
    const context = testContext(node);
    const inputs = new PrivateInputs(context);
    const pace = { progressMs: 5, progressBytes: 65_536 };
    const app = createHttpApp(context, new Requests(context), allValid, inputs, pace);
    const server = await listen(app, "127.0.0.1", 0);
    const socket = connect(server.port, "127.0.0.1");
    socket.write(
      "POST /v1/requests HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 90\r\n\r\n{",
    );
    const answer = await new Promise<Buffer>((resolve) => socket.once("data", resolve));
    expect(answer.toString())
      .to.match(/^HTTP\/1.1 408 /)
      .and.to.contain("TooSlow");
    socket.destroy();
    await server.close();
    inputs.stop();
    await context.store.close();
  });
});
