/**
 * Where in an author's source a builder was called: read from a stack trace, so that an error of the analysis, which comes after
 * tracing, names the line that it is about. Only ever for messages; no program depends on it.
 */

export interface CallSite {
  /** As the engine names it: a file URL, a URL or a path. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

const LANGUAGE = new URL("./", import.meta.url).href;
const LIBRARY = new URL("../library/", import.meta.url).href;
/** The end of a stack's line, as V8 (`at f (file:1:2)`) and others (`f@file:1:2`) write it. */
const PLACE = /(?:^|[\s(@])((?:file|https?):\/\/[^\s()]+?|\/[^\s()]+?):(\d{1,9}):(\d{1,9})\)?$/;

/** The innermost caller outside language and library; in the library, if there is no other. */
export function callSiteOf(trace: Error): CallSite | undefined {
  const places = (trace.stack ?? "").split("\n").flatMap((text): CallSite[] => {
    const [, file, line, column] = PLACE.exec(text) ?? [];
    return file === undefined || file.startsWith(LANGUAGE)
      ? []
      : [{ file, line: Number(line), column: Number(column) }];
  });
  return places.find(({ file }) => !file.startsWith(LIBRARY)) ?? places[0];
}
