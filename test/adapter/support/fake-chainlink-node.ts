import { serve } from "./http.ts";
import { randomUuid } from "./seeded-uuid.ts";

/** The side of a Chainlink node that resumes runs. */
export class FakeChainlinkNode {
  origin = "";
  /** Bodies of PATCHes by path, in the order of their coming. */
  readonly patches: { path: string; body: string }[] = [];
  /** Status of the next PATCHes; 200 when there is none left. */
  nextStatuses: number[] = [];
  /** Requests that were no PATCH to a resume path. */
  strays = 0;
  #close: () => Promise<void> = async () => {};

  async start(): Promise<void> {
    const server = await serve((request, response, body) => {
      if (request.method !== "PATCH") this.strays += 1;
      this.patches.push({ path: request.url ?? "", body });
      response.writeHead(this.nextStatuses.shift() ?? 200).end();
    });
    this.origin = server.url;
    this.#close = server.close;
  }

  /** Where a new run is resumed. */
  newRun(): { responseURL: string; bodies: () => unknown[] } {
    const path = `/v2/resume/${randomUuid()}`;
    return {
      responseURL: this.origin + path,
      bodies: () => this.patches.filter((patch) => patch.path === path).map(({ body }) => JSON.parse(body)),
    };
  }

  close(): Promise<void> {
    return this.#close();
  }
}
