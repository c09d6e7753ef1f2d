/** Rows by which the fake thread knows what to do. */
export const CRASH_ROWS = 13;
export const BLOCK_ROWS = 14;
/** How long it does nothing else in one local operation. */
export const BLOCK_MS = 1_500;
