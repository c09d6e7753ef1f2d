import { createHash, X509Certificate } from "node:crypto";
import { expect } from "chai";
import { createTlsIdentity, tlsKeyHash } from "../../../mpc-nodes/transport/certificate.ts";

describe("TLS identity", () => {
  it("is an Ed25519 key and a self-signed certificate around it", async () => {
    const { keyPem, certificatePem } = await createTlsIdentity();
    const certificate = new X509Certificate(certificatePem);
    expect(certificate.publicKey.asymmetricKeyType).to.equal("ed25519");
    expect(certificate.verify(certificate.publicKey)).to.equal(true);
    expect(certificate.checkPrivateKey((await import("node:crypto")).createPrivateKey(keyPem))).to.equal(true);
    expect(certificate.ca).to.equal(false);
    expect(keyPem).to.match(/^-----BEGIN PRIVATE KEY-----\n/);
  });

  it("is new each time", async () => {
    const [one, two] = await Promise.all([createTlsIdentity(), createTlsIdentity()]);
    expect(tlsKeyHash(one.certificatePem)).not.to.equal(tlsKeyHash(two.certificatePem));
  });
});

describe("TLS key hash", () => {
  it("is SHA-256 of the SubjectPublicKeyInfo, which for Ed25519 is a fixed prefix and the key (RFC 8410)", async () => {
    const { certificatePem } = await createTlsIdentity();
    const raw = new X509Certificate(certificatePem).publicKey.export({ format: "jwk" }).x as string;
    const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), Buffer.from(raw, "base64url")]);
    expect(tlsKeyHash(certificatePem)).to.equal(`0x${createHash("sha256").update(spki).digest("hex")}`);
  });
});
