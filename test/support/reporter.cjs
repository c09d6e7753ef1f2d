// Mocha's own spec reporter, one plain closing line for whoever reads a log, and a guard: a run that ends before its last
// test (the process finds nothing left to wait for) has failed, which Node by itself would report as success.
const { reporters, Runner } = require("mocha");

module.exports = class PlainClosingLine extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    process.exitCode = 1;
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      process.exitCode = 0; // Mocha itself sets it to the number of failures afterwards.
      const { passes, failures, pending } = this.stats;
      console.log(`${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ""}`);
    });
  }
};
