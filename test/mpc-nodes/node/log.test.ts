import { NodeError } from "@sharebridge/mpc-nodes/node/errors.ts";
import { createLog, errorForLog } from "@sharebridge/mpc-nodes/node/log.ts";
import { expect } from "chai";

describe("the log", () => {
  function logged(write: (log: ReturnType<typeof createLog>) => void): string {
    const lines: string[] = [];
    write(createLog("debug", { write: (line: string) => void lines.push(line) }));
    return lines.join("");
  }

  it("keeps ids and counts", () => {
    expect(logged((log) => log.info({ requestId: "0x12", rows: 3 }, "computed"))).to.contain(
      '"requestId":"0x12","rows":3',
    );
  });

  it("redacts what must not be there, one and two levels deep", () => {
    for (const name of [
      "signingKey",
      "privateKey",
      "storageKey",
      "tlsKeyPem",
      "package",
      "opening",
      "salt",
      "seeds",
      "shares",
      "requestKeys",
      "rpcUrl",
    ]) {
      const text = logged((log) => {
        log.info({ [name]: "s3cret" });
        log.info({ a: { [name]: "s3cret" } });
        log.info({ a: { b: { [name]: "s3cret" } } });
      });
      expect(text, name).not.to.contain("s3cret");
      expect(text.match(/\[redacted\]/g), name).to.have.length(3);
    }
  });

  it("keeps the sentences of our errors, and only name and code of others'", () => {
    expect(errorForLog(new NodeError("QueueFull", "too much"))).to.include({ code: "QueueFull", message: "too much" });
    const foreign = Object.assign(new Error("https://rpc.example/key-1234"), { code: "ECONNREFUSED" });
    const text = logged((log) => log.warn({ error: foreign }, "chain"));
    expect(text).to.contain("ECONNREFUSED").and.not.to.contain("1234");
  });
});
