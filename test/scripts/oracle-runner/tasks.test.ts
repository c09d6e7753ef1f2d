import { expect } from "chai";
import { AbiCoder, Interface, id, toUtf8Bytes } from "ethers";
import { encodeAbi } from "../../../scripts/oracle-runner/pipeline/abi.ts";
import type { TaskCall, TaskType } from "../../../scripts/oracle-runner/pipeline/task.ts";
import { resolveJson, resolveText } from "../../../scripts/oracle-runner/pipeline/variables.ts";
import { cborparse } from "../../../scripts/oracle-runner/tasks/cborparse.ts";
import { ethabidecodelog } from "../../../scripts/oracle-runner/tasks/ethabidecodelog.ts";
import { jsonparse } from "../../../scripts/oracle-runner/tasks/jsonparse.ts";
import { rejectionOf } from "./support/rejection.ts";

async function run(
  task: TaskType,
  attributes: Record<string, string>,
  variables: Record<string, unknown> = {},
  inputs: unknown[] = [],
) {
  const call = {
    attributes: new Map(Object.entries(attributes)),
    variables: new Map(Object.entries(variables)),
    inputs,
  };
  const outcome = await task.run(call as unknown as TaskCall);
  return outcome.kind === "value" ? outcome.value : outcome.kind;
}

const coder = AbiCoder.defaultAbiCoder();
const bytes32 = id("request");

describe("oracle runner: tasks", () => {
  it("variables: dotted paths, alone or in JSON", async () => {
    const variables = new Map<string, unknown>([["a", { b: [{ c: "0x12" }], n: 5n }]]);
    expect(resolveText(" $(a.b.0.c) ", variables)).to.equal("0x12");
    expect(resolveText("plain", variables)).to.equal("plain");
    expect(resolveJson('{"x": [$(a.b.0.c), $( a.n )], "y": "z"}', variables)).to.deep.equal({
      x: ["0x12", 5n],
      y: "z",
    });
    expect(resolveJson("$(a.b)", variables)).to.deep.equal([{ c: "0x12" }]);
    expect(await rejectionOf(() => resolveText("$(a.d)", variables))).to.equal(
      "UnknownVariable: $(a.d): there is no d",
    );
    expect(await rejectionOf(() => resolveText("$(a.toString)", variables))).to.match(/^UnknownVariable/);
    expect(await rejectionOf(() => resolveText("x $(a.n)", variables))).to.match(
      /^BadInput: an expression must stand alone/,
    );
    expect(await rejectionOf(() => resolveJson("{", variables))).to.match(/^BadInput: the attribute is not JSON/);
  });

  it("ethabiencode: hex texts are bytes, other texts are their characters", () => {
    const abi = "(bytes32 a, bytes b, bytes c, uint256 d, address e, bool f)";
    const address = "0x52908400098527886E0F7030069857D2E4169EE7";
    const values = { a: bytes32, b: "0x1234", c: "1234", d: "7", e: address, f: true };
    const types = ["bytes32", "bytes", "bytes", "uint256", "address", "bool"];
    expect(encodeAbi(abi, values)).to.equal(
      coder.encode(types, [bytes32, "0x1234", toUtf8Bytes("1234"), 7, address, true]),
    );
  });

  it("ethabiencode: a name puts the selector first", () => {
    const contract = new Interface(["function f(uint256 x, bytes y)"]);
    const expected = contract.encodeFunctionData("f", [3, "0xab"]);
    expect(encodeAbi("f(uint256 x, bytes calldata y)", { y: "0xab", x: 3n, more: 1 })).to.equal(expected);
  });

  it("ethabiencode: refuses what does not fit", async () => {
    const cases: [string, Record<string, unknown>, RegExp][] = [
      ["(bytes32 a)", { a: "0x12" }, /^BadInput: the values do not fit/],
      ["(bytes a)", { a: "0xabc" }, /^BadInput: a text for bytes starts with 0x and is not hex/],
      ["(bytes a)", { a: 5 }, /^BadInput: cannot convert a number to bytes/],
      ["(bytes a)", {}, /^BadInput: no value for a/],
      ["(uint8 a)", { a: 256 }, /^BadInput: the values do not fit/],
      ["(uint256 a)", { a: "x" }, /^BadInput: cannot convert a string to uint256/],
      ["((uint256 a) b)", { b: {} }, /^BadInput: bad ABI specification/],
    ];
    for (const [abi, values, error] of cases)
      expect(await rejectionOf(() => encodeAbi(abi, values)), abi).to.match(error);
  });

  it("cborparse: a payload without map delimiters, byte strings as hex", async () => {
    const payload = `0x69${Buffer.from("requestId").toString("hex")}5820${bytes32.slice(2)}`;
    expect(await run(cborparse, { data: "$(log.data)" }, { log: { data: payload } })).to.deep.equal({
      requestId: bytes32,
    });
    expect(await run(cborparse, { data: `0xbf${payload.slice(2)}ff` })).to.deep.equal({ requestId: bytes32 });
    expect(await run(cborparse, { data: "0x" })).to.deep.equal({});
    expect(await run(cborparse, { data: "0x05", mode: "standard" })).to.equal(5);
    expect(await rejectionOf(() => run(cborparse, { data: "0x69ff" }))).to.match(/^BadInput: the payload is not CBOR/);
    expect(await rejectionOf(() => run(cborparse, { data: "0x05", mode: "x" }))).to.match(
      /^BadInput: cborparse knows no mode x/,
    );
  });

  it("jsonparse: paths, indices, separator, lax", async () => {
    const data = JSON.stringify({ a: { "b,c": [1, 2] }, n: null });
    expect(await run(jsonparse, { path: "a/b,c/-1", separator: "/", data })).to.equal(2);
    expect(await run(jsonparse, { path: "n" }, {}, [data])).to.equal(null);
    expect(await run(jsonparse, { path: "a,x", data, lax: "true" })).to.equal(null);
    expect(await rejectionOf(() => run(jsonparse, { path: "a,x", data }))).to.match(
      /^BadInput: could not resolve the path \["a","x"\]/,
    );
    expect(await rejectionOf(() => run(jsonparse, { path: "a", data: "{" }))).to.equal("BadInput: data is not JSON");
    expect(await rejectionOf(() => run(jsonparse, { path: "a" }, {}, [null]))).to.equal(
      "BadInput: data must be a JSON text",
    );
  });

  it("ethabidecodelog: indexed and other arguments by name", async () => {
    const events = new Interface(["event E(bytes32 indexed specId, uint256 payment, bytes data)"]);
    const log = events.encodeEventLog("E", [bytes32, 2n ** 200n, "0x1234"]);
    const abi = "E(bytes32 indexed specId, uint256 payment, bytes data)";
    const attributes = { abi, data: "$(run.data)", topics: "$(run.topics)" };
    expect(await run(ethabidecodelog, attributes, { run: log })).to.deep.equal({
      specId: bytes32,
      payment: 2n ** 200n,
      data: "0x1234",
    });
    const other = { ...log, topics: [id("F()"), bytes32] };
    expect(await rejectionOf(() => run(ethabidecodelog, attributes, { run: other }))).to.match(
      /^BadInput: the log is not a E/,
    );
  });
});
