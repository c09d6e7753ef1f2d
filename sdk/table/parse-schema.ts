import { checkColumns } from "@sharebridge/algorithms/language/columns.ts";
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import { type TableSchema, tableSchema } from "@sharebridge/algorithms/language/schema.ts";
import { SdkError } from "../errors/sdk-error.ts";

/**
 * Reads a schema that a person may have edited, and checks what its types cannot say: names and categories are distinct,
 * ranges are in order and fit a word, a derived column follows from a column above zero.
 *
 * @example
 * const schema = parseSchema(JSON.parse(text));
 *
 * @throws SdkError InvalidSchema, naming the column and the member.
 */
export function parseSchema(value: unknown): TableSchema {
  const parsed = tableSchema.safeParse(value);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `${issue.path.join(".") || "the file"}: ${issue.message}`);
    throw new SdkError("InvalidSchema", `The schema is not valid. ${issues.slice(0, 5).join("; ")}.`);
  }
  try {
    checkColumns(parsed.data.columns);
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    throw new SdkError("InvalidSchema", `The schema is not valid: ${error.message}.`, { cause: error });
  }
  return parsed.data;
}
