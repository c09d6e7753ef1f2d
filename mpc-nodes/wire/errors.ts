/** What can be wrong with bytes that came from outside. */
export type WireErrorCode =
  /** A peer's frame of a type that does not exist. */
  | "UnknownFrameType"
  /** A frame whose declared length is not within its type's bounds. */
  | "FrameLengthOutOfBounds"
  /** A frame body that does not mean anything. */
  | "MalformedFrame"
  /** An upload, or a part of one, beyond its bound. */
  | "UploadTooLarge"
  /** An upload that is not laid out as `wire/upload.ts` says. */
  | "MalformedUpload"
  /** An upload's manifest that is not valid, or not in its canonical form. */
  | "MalformedManifest"
  /** A peer's question that is not of the form there is. */
  | "MalformedQuestion"
  /** A peer's answer to one that means nothing. */
  | "MalformedAnswer";

/** Thrown by everything in `wire/`: the bytes are refused, nothing of them was used. */
export class WireError extends Error {
  override readonly name = "WireError";
  readonly code: WireErrorCode;

  constructor(code: WireErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
