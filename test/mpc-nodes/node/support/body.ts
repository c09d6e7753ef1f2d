/** Bodies of requests as a node reads them, without HTTP. */
import { Readable } from "node:stream";
import { type BodyPace, BodyReader } from "@sharebridge/mpc-nodes/node/body-reader.ts";

/** A body that is there at once. */
export function bodyOf(bytes: Uint8Array): BodyReader {
  return new BodyReader(Readable.from([bytes], { objectMode: false }), bytes.length);
}

/** A body that comes piece by piece; `asked` counts the pieces that were taken from the client. */
export class Trickle {
  asked = 0;
  readonly body: BodyReader;
  /** Fulfilled once the node waits for what a silent client does not send. */
  readonly waits: Promise<void>;
  /** The client closes its connection. */
  readonly leave: () => void;

  /** After the pieces it ends, or stays silent until `leave`. */
  constructor(
    pieces: readonly Uint8Array[],
    options: { silent?: boolean; pace?: BodyPace; declaredBytes?: number } = {},
  ) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.waits = promise;
    const source = new Readable({
      highWaterMark: 0,
      read: () => {
        if (this.asked < pieces.length) source.push(pieces[this.asked++]);
        else if (options.silent) resolve();
        else source.push(null);
      },
    });
    this.leave = () => source.destroy();
    this.body = new BodyReader(source, options.declaredBytes, options.pace);
  }
}
