/** One seed for every randomised test; set TEST_SEED to repeat a run. */
import { config } from "chai";

export const seed = Number(process.env.TEST_SEED ?? 20181014);

console.log(`test seed ${seed} (TEST_SEED=${seed} repeats this run)`);

// Mocha's diff of two values goes through JSON, which throws on big integers and takes the runner down with it.
config.showDiff = false;
