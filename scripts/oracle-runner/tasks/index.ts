import type { TaskType } from "../pipeline/task.ts";
import { bridge } from "./bridge.ts";
import { cborparse } from "./cborparse.ts";
import { ethabidecodelog } from "./ethabidecodelog.ts";
import { ethabiencode } from "./ethabiencode.ts";
import { ethtx } from "./ethtx.ts";
import { jsonparse } from "./jsonparse.ts";

/** The task types that this runner knows, by name. */
export const taskTypes: ReadonlyMap<string, TaskType> = new Map(
  [ethabidecodelog, cborparse, bridge, jsonparse, ethabiencode, ethtx].map((task) => [task.type, task]),
);
