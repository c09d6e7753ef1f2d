import type { ServerResponse } from "node:http";
import { expect } from "chai";
import { parsePipeline } from "../../../scripts/oracle-runner/pipeline/pipeline.ts";
import { executeRun } from "../../../scripts/oracle-runner/pipeline/run.ts";
import type { Services } from "../../../scripts/oracle-runner/pipeline/task.ts";
import { startResumeServer } from "../../../scripts/oracle-runner/resume/server.ts";
import { Suspensions } from "../../../scripts/oracle-runner/resume/suspensions.ts";
import { reply, serve, type TestServer, until } from "../../adapter/support/http.ts";
import { rejectionOf } from "./support/rejection.ts";

type Handler = (response: ServerResponse, body: Record<string, unknown>, headers: Record<string, unknown>) => unknown;

describe("oracle runner: bridge", () => {
  let server: TestServer;
  let handler: Handler;
  let calls: Record<string, unknown>[] = [];

  before(async () => {
    server = await serve((request, response, text) => {
      const body = JSON.parse(text);
      calls.push(body);
      return handler(response, body, request.headers);
    });
  });
  beforeEach(() => {
    calls = [];
  });
  after(() => server.close());

  async function run(attributes: string, suspensions = new Suspensions(), onSuspended = () => {}) {
    const services = { bridges: new Map([["b", server.url]]), suspensions } as unknown as Services;
    const results = await executeRun({
      steps: parsePipeline(`ask [type="bridge" name="b" ${attributes}]`),
      jobRun: { meta: { oracleRequest: { payment: "1" } }, big: 2n ** 70n },
      jobGasLimit: null,
      services,
      log: () => {},
      signal: new AbortController().signal,
      onSuspended,
    });
    return results.get("ask");
  }

  it("posts requestData and meta, and gives the body as text", async () => {
    handler = (response) => reply(response, 200, { data: { result: "0x" } });
    expect(await run('requestData=<{"data": {"n": $(jobRun.big)}}>')).to.equal('{"data":{"result":"0x"}}');
    expect(calls).to.have.length(1);
    expect(calls[0]).to.have.all.keys("data", "meta");
    expect(calls[0].meta).to.deep.equal({ oracleRequest: { payment: "1" } });
    expect((calls[0].data as { n: number }).n).to.equal(Number(2n ** 70n));
  });

  it("sends the headers of the task", async () => {
    let seen: unknown;
    handler = (response, _body, headers) => {
      seen = headers.authorization;
      reply(response, 200, {});
    };
    await run('headers=<["Authorization", "Bearer x"]>');
    expect(seen).to.equal("Bearer x");
    expect(await rejectionOf(() => run('headers=<["Authorization"]>'))).to.match(/BadInput: task ask: headers must be/);
  });

  it("never repeats after a 4xx, of HTTP or in the body", async () => {
    for (const [http, inBody] of [
      [404, 404],
      [200, 409],
    ]) {
      calls = [];
      handler = (response) =>
        reply(response, http, { statusCode: inBody, error: { name: "UnknownRequest", message: "no such" } });
      const rejection = await rejectionOf(() => run('retries="5" minBackoff="1ms"'));
      expect(rejection).to.equal(`BridgeFailed: task ask: the bridge answered ${inBody}: UnknownRequest: no such`);
      expect(calls).to.have.length(1);
    }
  });

  it("repeats after a 5xx and after a lost connection, as often as the task says", async () => {
    handler = (response) => {
      if (calls.length === 1) return reply(response, 503, {});
      if (calls.length === 2) return response.destroy();
      return reply(response, 200, { ok: true });
    };
    expect(await run('retries="2" minBackoff="1ms" maxBackoff="1ms"')).to.equal('{"ok":true}');
    calls = [];
    handler = (response) => reply(response, 500, {});
    expect(await rejectionOf(() => run('retries="2" minBackoff="1ms"'))).to.match(
      /^BridgeFailed: task ask: the bridge answered 500/,
    );
    expect(calls).to.have.length(3);
    calls = [];
    await rejectionOf(() => run(""));
    expect(calls).to.have.length(1);
  });

  it("ends with no result when the status is neither 200 nor an error", async () => {
    const suspensions = new Suspensions();
    handler = (response) => reply(response, 202, { pending: true });
    expect(await run('async="true"', suspensions)).to.equal(null);
    handler = (response) => reply(response, 200, { pending: true, statusCode: 202 });
    expect(await run('async="true"', suspensions)).to.equal(null);
    expect(suspensions.count).to.equal(0);
  });

  it("takes an error next to a 200 as a failure", async () => {
    handler = (response) => reply(response, 200, { statusCode: 200, error: "broken" });
    expect(await rejectionOf(() => run(""))).to.equal("BridgeFailed: task ask: the bridge answered 500: broken");
  });

  it("reads 32,768 bytes and not one more", async () => {
    const ofSize =
      (bytes: number): Handler =>
      (response) =>
        response.end(`"${"x".repeat(bytes - 2)}"`);
    handler = ofSize(32_768);
    expect(await run("")).to.have.length(32_768);
    handler = ofSize(32_769);
    expect(await rejectionOf(() => run(""))).to.equal(
      "BridgeFailed: task ask: the response is larger than 32768 bytes",
    );
  });

  it("gives up when the bridge takes longer than the task's timeout", async () => {
    handler = () => {};
    expect(await rejectionOf(() => run('timeout="50ms"'))).to.equal(
      "BridgeFailed: task ask: the bridge did not answer within 50 ms",
    );
  });

  it("names a bridge that nobody has configured", async () => {
    const services = { bridges: new Map(), suspensions: new Suspensions() } as unknown as Services;
    const steps = parsePipeline('ask [type="bridge" name="b"]');
    const options = {
      steps,
      jobRun: {},
      jobGasLimit: null,
      services,
      log: () => {},
      signal: new AbortController().signal,
    };
    expect(await rejectionOf(() => executeRun({ ...options, onSuspended: () => {} }))).to.equal(
      "UnknownBridge: task ask: no bridge is named b",
    );
  });

  describe("asynchronous", () => {
    const suspensions = new Suspensions();
    let resume: Awaited<ReturnType<typeof startResumeServer>>;
    before(async () => {
      resume = await startResumeServer("127.0.0.1", 0, suspensions);
    });
    after(() => resume.close());

    const patch = async (url: unknown, body: string, method = "PATCH") =>
      (await fetch(String(url), { method, body, headers: { "content-type": "application/json" } })).status;

    /** A suspended run and its URL. */
    async function suspend() {
      handler = (response) => reply(response, 200, { pending: true, statusCode: 200 });
      const suspended = Promise.withResolvers<void>();
      const result = run('async="true"', suspensions, suspended.resolve);
      result.catch(() => {});
      await suspended.promise;
      return { url: calls.at(-1)?.responseURL as string, result };
    }

    it("is suspended and goes on with the value, as text", async () => {
      const { url, result } = await suspend();
      expect(url).to.match(/^http:\/\/127\.0\.0\.1:[0-9]+\/v2\/resume\/[0-9a-f-]{36}$/);
      expect(await patch(url, '{"value": {"data": {"result": "0x12"}}}')).to.equal(200);
      expect(await result).to.equal('{"data":{"result":"0x12"}}');
      expect(await patch(url, '{"value": 1}'), "a second time").to.equal(500);
    });

    it("ends with the error that it is resumed with", async () => {
      const { url, result } = await suspend();
      expect(await patch(url, '{"error": "UnknownRequest: no such"}')).to.equal(200);
      expect(await rejectionOf(() => result)).to.equal("ResumedWithError: task ask: UnknownRequest: no such");
    });

    it("takes exactly one of value and error, of at most 32,768 bytes, by PATCH", async () => {
      const { url, result } = await suspend();
      for (const body of [
        "{}",
        '{"value": 1, "error": "x"}',
        '{"value": null}',
        '{"error": 5}',
        "[]",
        "null",
        "x",
        "",
      ]) {
        expect(await patch(url, body), body).to.equal(422);
      }
      const ofSize = (bytes: number) => `{"value":"${"x".repeat(bytes - 12)}"}`;
      expect(await patch(url, ofSize(32_769))).to.equal(413);
      expect(await patch(url, '{"value": 1}', "POST")).to.equal(405);
      expect(await patch(`${new URL(url).origin}/v2/resume/1`, '{"value": 1}')).to.equal(404);
      expect(await patch(url, ofSize(32_768))).to.equal(200);
      expect(await result).to.have.length(32_768 - 10);
    });

    it("is not there before the acknowledgement: an early PATCH gets 500 and must come again", async () => {
      let early = 0;
      handler = async (response, body) => {
        early = await patch(body.responseURL, '{"value": 1}');
        reply(response, 200, { pending: true, statusCode: 200 });
      };
      const result = run('async="true"', suspensions);
      await until(() => suspensions.count === 1);
      expect(early).to.equal(500);
      expect(await patch(calls[0].responseURL, '{"value": 2}')).to.equal(200);
      expect(await result).to.equal("2");
    });

    it("is not suspended by an answer without pending", async () => {
      handler = (response) => reply(response, 200, { data: 1 });
      expect(await run('async="true"', suspensions)).to.equal('{"data":1}');
      expect(suspensions.count).to.equal(0);
    });
  });
});
