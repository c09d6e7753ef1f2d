/**
 * The first market experiment of Vernon Smith (*An Experimental Study of Competitive Market Behavior*, Journal of Political Economy 70,
 * 1962, test 1): eleven buyers and eleven sellers of one unit each, whose limit prices go from 75 to 325 cents in steps of 25. He gives the
 * equilibrium as 200 cents and six units.
 */
export const EXPERIMENT_SOURCE = "limit prices of a market experiment (Smith 1962)";

export const LIMIT_PRICES_CENTS: readonly number[] = Array.from({ length: 11 }, (_, trader) => 75 + 25 * trader);
