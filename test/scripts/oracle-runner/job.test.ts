import { expect } from "chai";
import { parseTaskGraph } from "../../../scripts/oracle-runner/job/graph.ts";
import { parseJobSpec } from "../../../scripts/oracle-runner/job/spec.ts";
import { parsePipeline } from "../../../scripts/oracle-runner/pipeline/pipeline.ts";
import { change, realJob } from "./support/job.ts";
import { rejectionOf } from "./support/rejection.ts";

const load = (job: string) => parsePipeline(parseJobSpec(job).observationSource);
const graph = (source: string) => rejectionOf(() => parsePipeline(source));

describe("oracle runner: job", () => {
  it("reads the real job", () => {
    const job = parseJobSpec(realJob);
    expect(job).to.deep.include({
      chainId: 31_337n,
      minIncomingConfirmations: 1,
      minPaymentJuels: 0n,
      gasLimit: 2_500_000n,
      requesters: ["0x2222222222222222222222222222222222222222"],
      specId: "0x3065656337653164643064323437366361316138373264666236363333663436",
    });
    const steps = parsePipeline(job.observationSource);
    expect(steps.map(({ name, type }) => `${name}:${type}`)).to.deep.equal([
      "decode_log:ethabidecodelog",
      "decode_cbor:cborparse",
      "ask:bridge",
      "answer_request_id:jsonparse",
      "answer_result:jsonparse",
      "answer_proof:jsonparse",
      "encode_answer:ethabiencode",
      "encode_fulfillment:ethabiencode",
      "send:ethtx",
    ]);
    expect(steps[6].inputs).to.deep.equal(["answer_request_id", "answer_result", "answer_proof"]);
    expect(steps[2].attributes.get("requestData")).to.equal('{"data": {"requestId": $(decode_cbor.requestId)}}');
    expect(steps[6].attributes.get("data")).to.match(/^\{\s+"oracleRequestId": \$\(decode_log.requestId\),\n/);
  });

  it("refuses keys and values that it does not know, by name", async () => {
    const cases: [job: string, error: RegExp][] = [
      [
        `forwardingAllowed = true\nmaxTaskDuration = "1m"\n${realJob}`,
        /^UnknownJobKey: .*forwardingAllowed, maxTaskDuration/,
      ],
      [change(realJob, 'type = "directrequest"', 'type = "webhook"'), /^BadJob: .*type/s],
      [change(realJob, "schemaVersion = 1", "schemaVersion = 2"), /^BadJob: .*schemaVersion/s],
      [change(realJob, 'evmChainID = "31337"', 'evmChainID = "mainnet"'), /^BadJob: .*evmChainID/s],
      [change(realJob, "externalJobID", "contractAddress"), /^BadJob: the job is not TOML/],
      [change(realJob, "gasLimit = 2500000", "gasLimit = -1"), /^BadJob: .*gasLimit/s],
      [change(realJob, `requesters = ["0x${"22".repeat(20)}"]`, 'requesters = ["gateway"]'), /^BadJob: .*requesters/s],
    ];
    for (const [job, error] of cases) expect(await rejectionOf(() => load(job))).to.match(error);
  });

  it("refuses tasks and attributes that it does not know, by name", async () => {
    const cases: [job: string, error: RegExp][] = [
      [
        change(realJob, 'type="cborparse"', 'type="base64decode"'),
        /^UnknownTaskType: task decode_cbor: .*base64decode/,
      ],
      [
        change(realJob, 'async="true"', 'async="true" cacheTTL="5m"'),
        /^UnknownAttribute: task ask: .*cacheTTL of bridge/,
      ],
      [
        change(realJob, 'failOnRevert="true"', 'failOnRevert="true" txMeta="{}"'),
        /^UnknownAttribute: task send: .*txMeta/,
      ],
      [change(realJob, 'name="sharebridge"\n', "\n"), /^MissingAttribute: task ask: bridge needs name/],
      [change(realJob, 'path="data,result"', ""), /^MissingAttribute: task answer_result: jsonparse needs path/],
      [change(realJob, 'timeout="15s"', 'timeout="soon"'), /^BadInput: "soon" is not a duration/],
      [change(realJob, 'retries="3"', 'retries="many"'), /^BadGraph: task ask: retries/],
    ];
    for (const [job, error] of cases) expect(await rejectionOf(() => load(job))).to.match(error);
  });

  it("refuses variables that no edge leads from", async () => {
    const typo = change(realJob, "$(decode_cbor.requestId)", "$(decode_cobr.requestId)");
    expect(await rejectionOf(() => load(typo))).to.match(/^UnknownVariable: task ask: requestData reads decode_cobr/);
    const unjoined = change(realJob, "ask -> answer_proof -> encode_answer", "ask -> answer_proof");
    expect(await rejectionOf(() => load(unjoined))).to.match(
      /^UnknownVariable: task encode_answer: data reads answer_proof/,
    );
  });

  it("refuses graphs that are none", async () => {
    expect(await graph('a [type="cborparse"')).to.match(/^BadGraph: the observationSource is not DOT/);
    expect(await graph("")).to.match(/^BadGraph: the graph has no task/);
    expect(await graph("} digraph b {")).to.match(/^BadGraph: /);
    expect(await graph('a [data="1"]')).to.equal("BadGraph: task a has no type");
    expect(await graph('a [type="jsonparse" path="x" path="y"]')).to.equal("BadGraph: task a sets path twice");
    expect(await graph('a [type="jsonparse" path="x"]\na [type="jsonparse" path="y"]')).to.equal(
      "BadGraph: two tasks are named a",
    );
    expect(await graph('a [type="jsonparse" path="x"]\na -> b')).to.match(
      /^BadGraph: edges name tasks that are not there: b/,
    );
    expect(await graph('jobRun [type="jsonparse" path="x"]')).to.equal("BadGraph: a task cannot be named jobRun");
    expect(await graph('subgraph s { a [type="jsonparse" path="x"] }')).to.match(/^BadGraph: only tasks and edges/);
    const circle = 'a [type="jsonparse" path="x"]\nb [type="jsonparse" path="x"]\na -> b -> a';
    expect(await graph(circle)).to.equal("BadGraph: these tasks wait for one another: a, b");
  });

  it("orders tasks by their edges, whatever the order in which they stand", () => {
    const nodes = parseTaskGraph('c [type="x"]\na [type="x"]\nb [type="x"]\na -> b -> c\na -> c // and a comment');
    expect(nodes.map(({ name }) => name)).to.deep.equal(["a", "b", "c"]);
    expect(nodes[2].inputs).to.deep.equal(["a", "b"]);
  });
});
