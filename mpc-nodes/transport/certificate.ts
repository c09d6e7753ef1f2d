import "reflect-metadata";

import { webcrypto } from "node:crypto";
import { BasicConstraintsExtension, KeyUsageFlags, KeyUsagesExtension, X509CertificateGenerator } from "@peculiar/x509";

export { tlsKeyHash } from "./key-hash.ts";

export interface TlsIdentity {
  /** PKCS #8, PEM. Secret. */
  readonly keyPem: string;
  /** X.509, PEM, self-signed. Public. */
  readonly certificatePem: string;
}

const ALGORITHM = { name: "Ed25519" };
/** Peers pin the key, so the dates carry no meaning; these never stop a node by surprise (RFC 5280 §4.1.2.5). */
const NOT_BEFORE = new Date("2020-01-01T00:00:00Z");
const NOT_AFTER = new Date("9999-12-31T23:59:59Z");

/** A fresh Ed25519 key (RFC 8410) and a self-signed certificate around it, for `TlsTransport`. */
export async function createTlsIdentity(): Promise<TlsIdentity> {
  const keys = (await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"])) as CryptoKeyPair;
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(16))).toString("hex"),
      name: "CN=Sharebridge node",
      notBefore: NOT_BEFORE,
      notAfter: NOT_AFTER,
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      ],
    },
    webcrypto as unknown as Crypto,
  );
  const key = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey));
  return { keyPem: pem("PRIVATE KEY", key), certificatePem: `${certificate.toString("pem").trim()}\n` };
}

/** RFC 7468: base64 in lines of 64. */
function pem(label: string, der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
