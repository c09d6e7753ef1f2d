/** Nodes that lie, fail or send garbage. */
import { concat, id, toBeHex, Wallet } from "ethers";
import { honestAnswer, signedBy, signers } from "./committee.ts";
import { type Behaviour, honestResult, lying } from "./fake-node.ts";
import { reply } from "./http.ts";
import { chainId } from "./market.ts";

/** Signs with what a test wants changed in an otherwise honest response. */
export const changed =
  (change: {
    answer?: Record<string, unknown>;
    signer?: Wallet;
    seat?: number;
    market?: string;
    response?: (signed: Record<string, unknown>) => unknown;
  }): Behaviour =>
  async (node, requestId, response) => {
    const answer = { ...honestAnswer(requestId, honestResult), ...change.answer };
    const domain = { chainId, market: change.market ?? node.market };
    const signer = change.signer ?? signers[node.seat];
    const signed = await signedBy(signer, change.seat ?? node.seat, domain, answer, honestResult);
    reply(response, 200, change.response?.(signed) ?? { requestId, state: "signed", answer: signed });
  };

const curveOrder = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** The same signature's other form, which contracts refuse. */
export function withHighS(signature: string): string {
  const [r, s, v] = [
    signature.slice(0, 66),
    BigInt(`0x${signature.slice(66, 130)}`),
    Number(`0x${signature.slice(130)}`),
  ];
  return concat([r, toBeHex(curveOrder - s, 32), toBeHex(v === 27 ? 28 : 27)]);
}

/** What one corrupt or broken node may do. */
export const misbehaviours: Record<string, Behaviour> = {
  "signs another result": lying,
  "never answers": () => {},
  "cuts the connection": (_node, _requestId, response) => response.destroy(),
  "sends something else than JSON": (_node, _requestId, response) => response.end("<html>busy</html>"),
  "sends JSON of another form": (_node, requestId, response) => reply(response, 200, { requestId, state: "signed" }),
  "sends a body without end": (_node, _requestId, response) => {
    const endless = () => {
      while (!response.destroyed && response.write("x".repeat(65_536)));
      if (!response.destroyed) response.once("drain", endless);
    };
    endless();
  },
  "redirects elsewhere": (_node, _requestId, response) =>
    response.writeHead(302, { location: "http://127.0.0.1:9/" }).end(),
  "says that it failed": (_node, requestId, response) =>
    reply(response, 200, { requestId, state: "failed", error: { code: "Aborted", message: "…" } }),
  "refuses for good": (_node, _requestId, response) =>
    reply(response, 409, { error: { code: "Cancelled", message: "…" } }),
  "signs with another key": changed({ signer: new Wallet(id("stranger")) }),
  "signs for another market": changed({ market: "0x00000000000000000000000000000000000000aa" }),
  "answers another request": changed({ answer: { requestId: id("another") } }),
  "answers as another seat": changed({ seat: 3, signer: signers[3] }),
  "signs another status": changed({ answer: { status: 2 } }),
  "signs another proof type": changed({ answer: { proofType: 2 } }),
  "leaves itself out of the active set": changed({ answer: { activeSet: 0b1110 } }),
  "gives a result that does not match": changed({ answer: { outputsHash: id("other") } }),
  "gives a signature with high s": changed({
    response: (signed) => ({
      requestId: (signed.answer as { requestId: string }).requestId,
      state: "signed",
      answer: { ...signed, signature: withHighS(signed.signature as string) },
    }),
  }),
  "gives a number out of range": changed({
    response: (signed) => ({
      requestId: (signed.answer as { requestId: string }).requestId,
      state: "signed",
      answer: { ...signed, answer: { ...(signed.answer as object), budgetSpent: "18446744073709551616" } },
    }),
  }),
};
