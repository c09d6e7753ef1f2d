/** Where a text stops being JSON (RFC 8259): what `JSON.parse` tells, if at all, in each engine's own words. */

const SPACE = /[ \t\n\r]*/y;
/** Of code units: JSON allows lone surrogates and DEL, but neither quotes, backslashes nor what is below a space. */
const STRING = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const OTHER_SCALAR = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null/y;
const COLON = /[ \t\n\r]*:[ \t\n\r]*/y;

/** Index of the first token that does not belong where it stands; the length of a text that is JSON or that ends too early. */
export function syntaxErrorAt(text: string): number {
  let at = 0;
  const takes = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };
  /** What closes the objects and arrays that are open. */
  const open: ("}" | "]")[] = [];
  let wants: "value" | "first" | "end" = "value";
  for (;;) {
    takes(SPACE);
    const next = text[at];
    const closes = open.at(-1);
    if (wants === "end") {
      if (closes === undefined || (next !== closes && next !== ",")) return at;
      at++;
      if (next === closes) {
        open.pop();
        continue;
      }
      wants = "value";
    } else if (wants === "first" && next === closes) {
      at++;
      open.pop();
      wants = "end";
      continue;
    }
    // Here a value stands, after its name if it is an object's.
    takes(SPACE);
    if (closes === "}" && !(takes(STRING) && takes(COLON))) return at;
    const begins = text[at];
    if (begins === "{" || begins === "[") {
      at++;
      open.push(begins === "{" ? "}" : "]");
      wants = "first";
    } else if (takes(STRING) || takes(OTHER_SCALAR)) wants = "end";
    else return at;
  }
}
