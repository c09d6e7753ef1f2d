/**
 * Four-party replicated secret sharing with active security against one corrupt party (Dalskov, Escudero, Keller, ePrint 2020/1330).
 */

import type { Context } from "../replicated/context.ts";
import type { Operations } from "../replicated/door.ts";
import * as linear from "../replicated/linear.ts";
import { open, openBits } from "../replicated/open.ts";
import { random, requestBits } from "../replicated/random.ts";
import { addends, count, inject, widen } from "./convert.ts";
import { dot, innerProducts, matrixProduct } from "./inner-product.ts";
import { and, multiply } from "./multiply.ts";
import { backwards, forwards, shuffle, shuffleBits } from "./shuffle.ts";
import { truncate } from "./truncate.ts";
import { asVector, type FourVector, regionsOf } from "./values.ts";

export const FOUR: Operations<Context, FourVector> = {
  ...{ asVector, regionsOf, constants: linear.constants, constant: linear.constant, random, requestBits },
  ...{ add: linear.add, subtract: linear.subtract, addPublic: linear.addPublic, multiplyPublic: linear.multiplyPublic },
  ...{ addPublicWords: linear.addPublicWords, multiplyPublicWords: linear.multiplyPublicWords },
  ...{ sum: linear.sum, prefixSum: linear.prefixSum, broadcast: linear.broadcast },
  ...{ concatenate: linear.concatenate, slice: linear.slice, gather: linear.gather },
  narrow: (context, a) => linear.narrow(context, a, 64),
  ...{ multiply, dot, innerProducts, matrixProduct, truncate, widen, open, and, openBits, addends, inject, count },
  shuffle: (context, permutation, vectors, inverse) =>
    shuffle(context, inverse ? backwards(permutation) : forwards(permutation), vectors),
  shuffleBits: (context, permutation, columns, inverse) =>
    shuffleBits(context, inverse ? backwards(permutation) : forwards(permutation), columns),
};
