/** Terms and policies that ask for nothing in privacy: what a test that is about something else spreads in. */

/** Of a market's terms: exact answers, groups as the program has them. */
export const exactTerms = { cohortRows: 0, cohortSellers: 0, epsilonPerRequest: 0, deltaPerRequest: 0 };

/** Of a seller's policy: any group, used any number of times. */
export const noDemands = { cohortRows: 0, cohortSellers: 0, maxUses: 0, epsilonBudget: 0, deltaBudget: 0 };
