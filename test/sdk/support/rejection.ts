import { SdkError } from "@sharebridge/sdk/errors/sdk-error.ts";
import { expect } from "chai";

/** The SdkError that a promise rejects with; fails when it resolves or rejects with anything else. */
export async function rejection(promise: Promise<unknown>): Promise<SdkError> {
  const outcome = await promise.then(
    () => "resolved",
    (reason: unknown) => reason,
  );
  expect(outcome).to.be.instanceOf(SdkError);
  return outcome as SdkError;
}

/** The same for a function that throws. */
export function thrown(run: () => unknown): SdkError {
  let outcome: unknown = "returned";
  try {
    run();
  } catch (error) {
    outcome = error;
  }
  expect(outcome).to.be.instanceOf(SdkError);
  return outcome as SdkError;
}
