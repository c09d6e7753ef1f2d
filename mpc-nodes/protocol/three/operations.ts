/** Three-party replicated secret sharing with MACs, verified ANDs, and abort (ePrint 2019/1298, 2016/944). */
import type { Operations } from "../replicated/door.ts";
import * as randoms from "../replicated/random.ts";
import { addends } from "./addends.ts";
import { and } from "./and.ts";
import type { ThreeContext } from "./context.ts";
import { count, inject } from "./inject.ts";
import * as linear from "./linear.ts";
import { open, openBits } from "./open.ts";
import { dot, innerProducts, matrixProduct, multiply } from "./product.ts";
import { backwards, forwards, shuffle, shuffleBits } from "./shuffle.ts";
import { truncate, widen } from "./truncate.ts";
import { asVector, macBits, regionsOf, ThreeVector } from "./values.ts";

export const THREE: Operations<ThreeContext, ThreeVector> = {
  ...linear,
  ...{ asVector, regionsOf, multiply, dot, innerProducts, matrixProduct, truncate, widen, open, and, openBits },
  ...{ addends, inject, count },
  random: (context, length, word) => new ThreeVector(word, randoms.random(context, length, macBits(word))),
  requestBits: (context, planes, length) => {
    const { excluded, active } = context.circle;
    return randoms.requestBits(context, planes, length, { from: excluded, into: active[0] });
  },
  shuffle: (context, permutation, vectors, inverse) =>
    shuffle(context, inverse ? backwards(context, permutation) : forwards(context, permutation), vectors),
  shuffleBits: (context, permutation, columns, inverse) =>
    shuffleBits(context, inverse ? backwards(context, permutation) : forwards(context, permutation), columns),
};
