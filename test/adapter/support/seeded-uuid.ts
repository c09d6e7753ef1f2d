import { id } from "ethers";
import { seed } from "../../support/seed.ts";

let count = 0;

/** A UUID that is the same in every run with the same seed. */
export function randomUuid(): string {
  count += 1;
  const hex = id(`uuid ${seed} ${count}`).slice(2);
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}
