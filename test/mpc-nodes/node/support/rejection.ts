/** The error with which a promise rejects; fails the test when it does not. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
    throw new Error(`rejected with something that is no Error: ${typeof error}`);
  }
  throw new Error("the promise was expected to reject, and resolved");
}
