import { createHash, type KeyObject, X509Certificate } from "node:crypto";

/**
 * SHA-256 of a certificate's SubjectPublicKeyInfo (DER), as 0x-hex: what the committee registry stores as `tlsKeyHash`.
 * The pin is of the key, not of the certificate: a node may renew the certificate around the same key.
 *
 * @param certificate PEM text, or a certificate as a TLS socket gives it.
 */
export function tlsKeyHash(certificate: string | X509Certificate): string {
  const { publicKey } = typeof certificate === "string" ? new X509Certificate(certificate) : certificate;
  return publicKeyHash(publicKey);
}

/** The same hash of a public key, or of its SubjectPublicKeyInfo. */
export function publicKeyHash(key: KeyObject | Uint8Array): string {
  const spki = key instanceof Uint8Array ? key : key.export({ type: "spki", format: "der" });
  return `0x${createHash("sha256").update(spki).digest("hex")}`;
}
