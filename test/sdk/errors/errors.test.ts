import * as contracts from "@sharebridge/contracts";
import { httpStatuses } from "@sharebridge/mpc-nodes/node/errors.ts";
import { CONTRACT_SENTENCES } from "@sharebridge/sdk/errors/contract-sentences.ts";
import { decodeRevert, formatTime } from "@sharebridge/sdk/errors/decode-revert.ts";
import { explainError } from "@sharebridge/sdk/errors/explain-error.ts";
import { SERVICE_SENTENCES, serviceSentence } from "@sharebridge/sdk/errors/service-sentences.ts";
import { expect } from "chai";
import { AbiCoder, concat, type ErrorFragment, Interface, makeError } from "ethers";
import { faultStatus } from "../../../adapter/errors.ts";

/** Every custom error of every contract that `@sharebridge/contracts` exports, our own and inherited ones. */
function allErrors(): { contract: string; fragment: ErrorFragment }[] {
  return Object.entries(contracts).flatMap(([name, factory]) => {
    if (!name.endsWith("__factory")) return [];
    const abi = Interface.from((factory as unknown as { abi: [] }).abi);
    return abi.fragments
      .filter((fragment): fragment is ErrorFragment => fragment.type === "error")
      .map((fragment) => ({ contract: name.replace("__factory", ""), fragment }));
  });
}

/** A value of each type, telling its place. */
function sample(fragment: ErrorFragment): unknown[] {
  return fragment.inputs.map(({ type }, index) => {
    if (type === "address") return `0x${String(index + 1).padStart(40, "0")}`;
    if (type === "bytes32") return `0x${String(index + 1).padStart(64, "0")}`;
    if (type === "bytes") return "0x";
    if (type === "string") return "text";
    if (type === "bool") return true;
    return 100n + BigInt(index);
  });
}

function encode(fragment: ErrorFragment, values = sample(fragment)): string {
  return new Interface([fragment]).encodeErrorResult(fragment, values);
}

describe("errors of the contracts", () => {
  const errors = allErrors();

  it("are all exported here", () => {
    expect(errors.length).to.be.greaterThan(60);
  });

  for (const [name, group] of Map.groupBy(errors, ({ fragment }) => fragment.name)) {
    it(`${name} is decoded to a sentence that carries its values`, () => {
      for (const { contract, fragment } of group) {
        const values = sample(fragment);
        const { name: decoded, sentence } = decodeRevert(encode(fragment));
        expect(decoded, contract).to.equal(name);
        expect(CONTRACT_SENTENCES, contract).to.have.property(name);
        expect(sentence, contract)
          .to.match(/^[A-Z0-9].*[.!]$/s)
          .and.not.include("{")
          .and.not.include("?.");
        const template = CONTRACT_SENTENCES[name];
        fragment.inputs.forEach((input, index) => {
          if (template.includes(`{${input.name}}`)) expect(sentence).to.include(String(values[index]));
          if (template.includes(`{${input.name}:time}`))
            expect(sentence).to.include(formatTime(values[index] as bigint));
        });
      }
    });
  }

  it("leave no sentence with a place for an argument that the error does not have", () => {
    for (const { fragment } of errors) {
      const names = fragment.inputs.map(({ name }) => name);
      for (const [, used] of CONTRACT_SENTENCES[fragment.name].matchAll(/\{(\w+)/g)) expect(names).to.include(used);
    }
  });
});

describe("decodeRevert", () => {
  const market = contracts.IDataMarket__factory.createInterface();

  it("tells times as dates", () => {
    const data = market.encodeErrorResult("DeadlinePassed", [1_800_000_000n, 1_800_000_060n]);
    expect(decodeRevert(data).sentence).to.equal(
      "The deadline was 2027-01-15 08:00:00 UTC, it is 2027-01-15 08:01:00 UTC now. Cancel the request to get the price back.",
    );
  });

  it("looks inside errors that wrap another's data", () => {
    const inner = market.encodeErrorResult("TooFewSignatures", [2, 3]);
    const text = concat(["0x08c379a0", AbiCoder.defaultAbiCoder().encode(["string"], ["Not authorized sender"])]);
    expect(decodeRevert(inner).name).to.equal("TooFewSignatures");
    expect(decodeRevert(text).sentence).to.match(/may not fulfil for the oracle/);
  });

  it("explains texts, panics, empty, unknown and broken data", () => {
    const abi = AbiCoder.defaultAbiCoder();
    const text = (message: string) => concat(["0x08c379a0", abi.encode(["string"], [message])]);
    expect(decodeRevert(text("out of cheese")).sentence).to.equal("The contract refused: out of cheese.");
    expect(decodeRevert(concat(["0x4e487b71", abi.encode(["uint256"], [0x11])])).sentence).to.match(/overflow/);
    expect(decodeRevert("0x").sentence).to.match(/without saying why/);
    expect(decodeRevert("0x12345678").sentence).to.match(/0x12345678/);
    expect(decodeRevert("0x08c379a0ff").sentence).to.match(/cannot be read/);
    expect(decodeRevert(market.getError("UnknownRequest")!.selector).name).to.equal("Unknown");
  });
});

describe("explainError", () => {
  const data = contracts.IDataMarket__factory.createInterface().encodeErrorResult("NotJoined", [7n]);

  it("finds revert data wherever a library or provider puts them", () => {
    for (const error of [
      makeError("refused", "CALL_EXCEPTION", { data } as never),
      { info: { error: { data } } },
      { error: { data: { data } } },
      { cause: { payload: { data } } },
    ]) {
      expect(explainError(error).message).to.equal(
        "The dataset 7 is not in this market. Check the number and the market.",
      );
    }
  });

  it("names what goes wrong below the contracts", () => {
    const codeOf = (code: Parameters<typeof makeError>[1]) => explainError(makeError("x", code, {} as never)).code;
    expect(codeOf("INSUFFICIENT_FUNDS")).to.equal("InsufficientBalance");
    expect(codeOf("ACTION_REJECTED")).to.equal("Aborted");
    expect(codeOf("NONCE_EXPIRED")).to.equal("Reverted");
    expect(codeOf("NETWORK_ERROR")).to.equal("ChainUnreachable");
    expect(codeOf("BAD_DATA")).to.equal("NoContract");
    expect(explainError(Object.assign(new Error("x"), { code: "ECONNREFUSED" })).code).to.equal("ChainUnreachable");
    expect(explainError("boom").message).to.equal("Unexpected failure: boom");
  });
});

describe("errors of nodes and the adapter", () => {
  for (const code of new Set([...Object.keys(httpStatuses), ...Object.keys(faultStatus)])) {
    it(`${code} has a sentence`, () => {
      expect(SERVICE_SENTENCES).to.have.property(code);
      expect(serviceSentence(code, "")).to.match(/^[a-z].*\.$/);
    });
  }

  it("shows an unknown code with the service's own message, bounded", () => {
    expect(serviceSentence("Weird", "odd things")).to.equal("odd things. (Weird)");
    expect(serviceSentence("Weird", "x".repeat(5_000)).length).to.be.lessThan(400);
  });
});
