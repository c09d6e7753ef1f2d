/** An engine's thread that does what a test wants, in place of computing: see `fake-worker.ts`. */

import { WorkerEngine } from "@sharebridge/mpc-nodes/engine/worker/worker-engine.ts";
import { payGap } from "../../../support/open-pay-gap.ts";
import { settingsOf } from "../../transport/support.ts";
import { makeCase } from "../support.ts";
import { CRASH_ROWS } from "./fake-rows.ts";

export const fakeEntry = new URL("./fake-worker.ts", import.meta.url);

/** More than any test needs. */
export const MEMORY_BYTES = 2 ** 28;

export const crashOnSight = makeCase("crash", payGap, CRASH_ROWS, false);

export async function startFake(entry: URL): Promise<WorkerEngine> {
  return WorkerEngine.start({ transport: await settingsOf(0, []), memoryBytes: MEMORY_BYTES, entry });
}
