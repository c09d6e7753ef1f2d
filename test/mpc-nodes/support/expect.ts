import { config, expect } from "chai";

/**
 * Mocha's reporter makes a diff of actual and expected with JSON.stringify, which throws on the words of a BigUint64Array:
 * the run then ends early with exit code 0. The message of the assertion still shows both values.
 */
config.showDiff = false;

export { expect };
