/** The pay gap without protected groups, for tests on few rows of one seller that are about everything else. */
import { payGap as protectedPayGap } from "@sharebridge/algorithms/library/pay-gap.ts";
import { unprotected } from "../algorithms/support/unprotected.ts";

export const payGap = unprotected(protectedPayGap);
