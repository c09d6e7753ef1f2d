import { hexlify, toUtf8Bytes } from "ethers";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export const isJobId = (text: string): boolean => UUID.test(text);

/**
 * How a contract names a job: the UUID without dashes, as 32 ASCII characters, in lower case.
 *
 * @example specIdOf("0eec7e1d-d0d2-476c-a1a8-72dfb6633f46") // "0x3065656337653164…", the gateway's `jobId`
 * @throws TypeError when `externalJobId` is not a UUID
 */
export function specIdOf(externalJobId: string): string {
  if (!isJobId(externalJobId)) throw new TypeError("externalJobID must be a UUID");
  return hexlify(toUtf8Bytes(externalJobId.replaceAll("-", "").toLowerCase()));
}
