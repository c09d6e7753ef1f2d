/**
 * Ozone in New York, May to September 1973, in parts per billion: on 37 of the 153 days it was not measured (Chambers, Cleveland, Kleiner, Tukey,
 * *Graphical Methods for Data Analysis*, 1983; R's `airquality`).
 */
export const MONTHS = ["may", "june", "july", "august", "september"] as const;

const OZONE_BY_MONTH: readonly string[] = [
  "41 36 12 18 NA 28 23 19 8 NA 7 16 11 14 18 14 34 6 30 11 1 11 4 32 NA NA NA 23 45 115 37",
  "NA NA NA NA NA NA 29 NA 71 39 NA NA 23 NA NA 21 37 20 12 13 NA NA NA NA NA NA NA NA NA NA",
  "135 49 32 NA 64 40 77 97 97 85 NA 10 27 NA 7 48 35 61 79 63 16 NA NA 80 108 20 52 82 50 64 59",
  "39 9 16 78 35 66 122 89 110 NA NA 44 28 65 NA 22 59 23 31 44 21 9 NA 45 168 73 NA 76 118 84 85",
  "96 78 73 91 47 32 20 23 21 24 44 21 28 9 13 46 18 13 24 16 13 23 36 7 14 30 NA 14 18 20",
];

/** A row a day: ozone, "NA" where it was not measured, and month. */
export const days: readonly (readonly [ozone: string, month: string])[] = OZONE_BY_MONTH.flatMap((texts, month) =>
  texts.split(" ").map((ozone) => [ozone, MONTHS[month]] as const),
);

export const airQualityCsv = `Ozone,Month\n${days.map((day) => day.join(",")).join("\n")}\n`;

/**
 * What R prints for `aggregate(Ozone ~ Month, airquality, f)` with `length`, `mean` and `sd`.
 */
export const OZONE_IN_R: readonly { readonly days: number; readonly mean: number; readonly sd: number }[] = [
  { days: 26, mean: 23.61538, sd: 22.22445 },
  { days: 9, mean: 29.44444, sd: 18.2079 },
  { days: 26, mean: 59.11538, sd: 31.63584 },
  { days: 26, mean: 59.96154, sd: 39.68121 },
  { days: 29, mean: 31.44828, sd: 24.14182 },
];
