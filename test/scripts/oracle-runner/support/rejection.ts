/** The error that `run` ends with, as `code: message`; `none` when it does not. */
export async function rejectionOf(run: () => unknown): Promise<string> {
  try {
    await run();
    return "none";
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return `${code}: ${message}`;
  }
}
