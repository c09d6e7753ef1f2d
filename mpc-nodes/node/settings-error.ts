/** All that is wrong with the settings, at once. */
export class SettingsError extends Error {
  readonly code = "SettingsInvalid";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the node's settings are wrong:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
    this.name = "SettingsError";
    this.problems = problems;
  }
}
