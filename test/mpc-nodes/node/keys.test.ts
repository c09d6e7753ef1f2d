import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createKeys, KEYS_FILE, loadKeys, publicIdentity } from "@sharebridge/mpc-nodes/node/keys.ts";
import { tlsKeyHash } from "@sharebridge/mpc-nodes/transport/certificate.ts";
import { expect } from "chai";
import { hexlify } from "ethers";
import { Folders } from "./support/keys.ts";
import { rejection } from "./support/rejection.ts";

describe("a node's keys", () => {
  const folders = new Folders();
  after(() => folders.remove());

  it("are written for the operator alone and read back as they were", async () => {
    const folder = folders.next();
    const created = await createKeys(folder);
    expect(statSync(join(folder, KEYS_FILE)).mode & 0o777).to.equal(0o600);
    expect(statSync(folder).mode & 0o077).to.equal(0);
    expect(publicIdentity(loadKeys(folder))).to.deep.equal(publicIdentity(created));
    expect(loadKeys(folder).storageKey).to.deep.equal(created.storageKey);
  });

  it("get mode 0600 also in a folder that exists and under a lax umask", async () => {
    const folder = folders.next();
    mkdirSync(folder, { mode: 0o755 });
    const before = process.umask(0);
    try {
      await createKeys(folder);
    } finally {
      process.umask(before);
    }
    expect(statSync(join(folder, KEYS_FILE)).mode & 0o777).to.equal(0o600);
  });

  it("are never overwritten", async () => {
    const folder = folders.next();
    await createKeys(folder);
    const text = readFileSync(join(folder, KEYS_FILE), "utf8");
    expect(await rejection(createKeys(folder))).to.have.property("code", "KeysExist");
    expect(readFileSync(join(folder, KEYS_FILE), "utf8")).to.equal(text);
  });

  for (const mode of [0o640, 0o604, 0o660, 0o620]) {
    it(`are refused with mode ${mode.toString(8)}`, async () => {
      const folder = folders.next();
      await createKeys(folder);
      chmodSync(join(folder, KEYS_FILE), mode);
      expect(() => loadKeys(folder))
        .to.throw(mode.toString(8))
        .with.property("code", "KeysExposed");
    });
  }

  it("are refused when missing or malformed, without quoting them", async () => {
    const folder = folders.next();
    expect(() => loadKeys(folder))
      .to.throw()
      .with.property("code", "KeysMissing");
    const keys = await createKeys(folder);
    const file = join(folder, KEYS_FILE);
    const text = readFileSync(file, "utf8");
    for (const broken of ["", "{}", text.slice(0, -10), text.replace('"version": 1', '"version": 2')]) {
      writeFileSync(file, broken);
      try {
        loadKeys(folder);
        expect.fail("malformed keys were loaded");
      } catch (error) {
        expect(error).to.have.property("code", "KeysMalformed");
        expect((error as Error).message).not.to.contain(hexlify(keys.storageKey).slice(2, 12));
      }
    }
  });

  it("show a public identity that holds nothing secret", async () => {
    const folder = folders.next();
    const keys = await createKeys(folder);
    const identity = publicIdentity(keys);
    expect(identity).to.deep.equal({
      signer: keys.signer.address,
      sealingKey: hexlify(keys.sealingPublicKey),
      tlsKeyHash: tlsKeyHash(keys.tlsCertificatePem),
    });
    const text = JSON.stringify(identity);
    for (const secret of [keys.signer.privateKey, hexlify(keys.sealingPrivateKey), hexlify(keys.storageKey)]) {
      expect(text).not.to.contain(secret.slice(2));
    }
  });
});
