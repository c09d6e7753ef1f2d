import type { ServerResponse } from "node:http";
import { encodePublicResult } from "@sharebridge/contracts/typed-data.ts";
import { honestAnswer, signedBy, signers } from "./committee.ts";
import { reply, serve } from "./http.ts";
import { chainId } from "./market.ts";

export const honestResult = encodePublicResult([1n, -2n, 3n]);
export const otherResult = encodePublicResult([4n]);

/** What a node does when it is asked for a request's state. */
export type Behaviour = (node: FakeNode, requestId: string, response: ServerResponse) => unknown;

const signed = async (node: FakeNode, requestId: string, response: ServerResponse, result: string) => {
  const answer = honestAnswer(requestId, result);
  const body = await signedBy(signers[node.seat], node.seat, { chainId, market: node.market }, answer, result);
  reply(response, 200, { requestId, state: "signed", answer: body });
};

/** Computes for one question, has signed at the next. */
export const honest: Behaviour = (node, requestId, response) =>
  node.questions === 1
    ? reply(response, 200, { requestId, state: "computing" })
    : signed(node, requestId, response, honestResult);

/** Signs another result than the honest ones. */
export const lying: Behaviour = (node, requestId, response) => signed(node, requestId, response, otherResult);

export const answering =
  (result: string): Behaviour =>
  (node, requestId, response) =>
    signed(node, requestId, response, result);

/** One MPC node as its HTTP API shows it. */
export class FakeNode {
  readonly seat: number;
  /** The market that the requests are of. */
  market = "";
  behaviour: Behaviour = honest;
  /** What `POST /v1/requests` answers. */
  submitStatus = 202;
  /** Ids that were submitted, in order. */
  submissions: string[] = [];
  /** How often the state was asked for. */
  questions = 0;
  endpoint = "";
  #close: () => Promise<void> = async () => {};

  constructor(seat: number) {
    this.seat = seat;
  }

  async start(): Promise<void> {
    const server = await serve((request, response, body) => {
      if (request.method === "POST" && request.url === "/v1/requests") {
        const { requestId } = JSON.parse(body);
        this.submissions.push(requestId);
        if (this.submitStatus === 202) return reply(response, 202, { requestId, state: "queued" });
        return reply(response, this.submitStatus, { error: { code: "NotNow", message: "not now" } });
      }
      this.questions += 1;
      return this.behaviour(this, request.url?.split("/").at(-1) ?? "", response);
    });
    this.endpoint = server.url;
    this.#close = server.close;
  }

  reset(behaviour: Behaviour = honest): void {
    this.behaviour = behaviour;
    this.submitStatus = 202;
    this.submissions = [];
    this.questions = 0;
  }

  close(): Promise<void> {
    return this.#close();
  }
}
