/** The plain twins of the loops with which three parties compute (`assembly/cross.ts`, `assembly/field.ts`), and of `resize`. */
import { type Element, elementsIn } from "./reference-memory.ts";
import { ARITHMETIC, FIELD, type Operations, XOR_AND } from "./reference-operations.ts";

type Call = (...parameters: number[]) => void;

export function referenceThreeLoops(memory: WebAssembly.Memory): Record<string, Call> {
  const word = elementsIn(memory, 64);
  const loops: Record<string, Call> = {
    multiplyField: (out, a, b, length) => word.each(length!, out!, [a!, b!], ([x, y]) => FIELD.times(x!, y!)),
    resize(out, outWords, a, words, sign, length) {
      const [to, from] = [elementsIn(memory, 64 * outWords!), elementsIn(memory, 64 * words!)];
      for (let i = 0; i < length!; i++) {
        const value = from.get(a!, i);
        to.set(out!, i, sign === 0 ? value : BigInt.asIntN(64 * words!, value));
      }
    },
  };
  const kinds: [string, Element, Operations][] = [
    ["128", elementsIn(memory, 128), ARITHMETIC],
    ["192", elementsIn(memory, 192), ARITHMETIC],
    ["Bits", word, XOR_AND],
    ["Field", word, FIELD],
  ];
  for (const [suffix, { each, get, set }, { plus, times }] of kinds) {
    loops[`cross${suffix}`] = (out, xa, xb, ya, yb, length) =>
      each(length!, out!, [xa!, xb!, ya!, yb!], ([a, b, c, d]) => plus(times(a!, plus(c!, d!)), times(b!, c!)));
    // Shares of bits have no authenticators, for which sums of products are.
    if (suffix === "Bits") continue;
    loops[`accumulateCross${suffix}`] = (total, xa, xb, ya, yb, length) => {
      for (let i = 0; i < length!; i++) {
        const [a, b, c, d] = [xa!, xb!, ya!, yb!].map((column) => get(column, i));
        set(total!, 0, plus(get(total!, 0), plus(times(a!, plus(c!, d!)), times(b!, c!))));
      }
    };
  }
  return loops;
}
