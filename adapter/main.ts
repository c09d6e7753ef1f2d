/** `node adapter/main.ts`: starts the adapter from the environment; stops on SIGTERM and SIGINT. */
import { startAdapter } from "./server.ts";
import { SettingsError } from "./settings/read.ts";

// Some of the framework's log lines quote request bodies; it looks at the environment itself to leave them out.
process.env.CENSOR_SENSITIVE_LOGS ??= "true";

try {
  const adapter = await startAdapter();
  const stop = (): void => {
    process.off("SIGTERM", stop);
    process.off("SIGINT", stop);
    adapter.close().catch((error: unknown) => {
      console.error(error);
      process.exitCode = 1;
    });
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
} catch (error) {
  console.error(error instanceof SettingsError ? error.message : error);
  process.exitCode = 1;
}
