import type { GroupMinimum } from "../language/builder.ts";

/**
 * What a group of the library's tables must have to be opened, unless another minimum is asked for: five rows, and rows of two sellers beside the buyer's
 * own, so that no seller who buys reads off what a single other one has.
 */
export const DEFAULT_MINIMUM: GroupMinimum = { minimumRows: 5, minimumSellers: 2 };
