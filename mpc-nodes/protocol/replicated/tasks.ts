/** Tasks that run side by side: each has a context of its own, with streams of its own. */
import type { Arena } from "../../kernels/heap.ts";
import type { Rounds, TaskPath } from "../rounds.ts";
import type { Context } from "./context.ts";

/** Makes the contexts of scopes and of tasks that run side by side. */
export interface Tasks<C extends Context> {
  /** The context of scope `arena` within the task of `context`. */
  inScope(context: C, arena: Arena): C;
  parallel<T>(context: C, tasks: readonly ((child: C) => Promise<T>)[]): Promise<T[]>;
}

export interface TaskOptions<C extends Context> {
  readonly rounds: Rounds;
  /** The context of the first task, whose path is empty. */
  readonly root: C;
  /** The context of a task at `path` that `parent` starts. */
  childOf(parent: C, path: TaskPath): C;
  /** Called when all children of a task have ended well. */
  joined?(parent: C, children: readonly C[]): void;
}

/** Where a task stands, and how many times it has called `parallel`. */
interface Place {
  readonly path: TaskPath;
  calls: number;
}

export function createTasks<C extends Context>({ rounds, root, childOf, joined }: TaskOptions<C>): Tasks<C> {
  const places = new WeakMap<C, Place>([[root, { path: [], calls: 0 }]]);
  return {
    inScope(context, arena) {
      const scoped: C = { ...context, arena };
      places.set(scoped, places.get(context)!);
      return scoped;
    },
    async parallel(context, tasks) {
      const place = places.get(context)!;
      const call = place.calls++;
      const children = tasks.map((_, index) => {
        const path = [...place.path, call, index];
        const child = childOf(context, path);
        places.set(child, { path, calls: 0 });
        return child;
      });
      const results = await rounds.parallel(tasks.map((task, index) => () => task(children[index]!)));
      joined?.(context, children);
      return results;
    },
  };
}
