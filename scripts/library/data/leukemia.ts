/**
 * Weeks in remission of 42 children with acute leukemia, 21 of whom took 6-mercaptopurine, and whether they relapsed (Freireich et al.,
 * *The Effect of 6-Mercaptopurine on the Duration of Steroid-induced Remissions in Acute Leukemia*, Blood 21, 1963; the table is that of
 * Cox, *Regression Models and Life-Tables*, JRSS B 34, 1972). Published facts, of no licence.
 */
export const LEUKEMIA_SOURCE = "leukemia remissions in weeks (Freireich et al. 1963)";

const relapsedWithout = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23];
const relapsedWith6Mp = [6, 6, 6, 7, 10, 13, 16, 22, 23];
const stillInRemission = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35];

export function remissions(): { readonly weeks: readonly number[]; readonly relapsed: readonly boolean[] } {
  const events = [...relapsedWithout, ...relapsedWith6Mp];
  return {
    weeks: [...events, ...stillInRemission],
    relapsed: [...events.map(() => true), ...stillInRemission.map(() => false)],
  };
}
