/** One seed for every randomised test; set TEST_SEED to repeat a run. */
export const seed = Number(process.env.TEST_SEED ?? 20181014);

console.log(`test seed ${seed} (TEST_SEED=${seed} repeats this run)`);
