/** Structured log lines. Whoever calls never passes a resume URL: its UUID is the only secret of a suspended run. */
export type Log = (level: "info" | "warn" | "error", message: string, fields?: Record<string, unknown>) => void;

export const logToStandardOutput: Log = (level, message, fields = {}) => {
  const line = { time: new Date().toISOString(), level, message, ...fields };
  const text = JSON.stringify(line, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
  process.stdout.write(`${text}\n`);
};
