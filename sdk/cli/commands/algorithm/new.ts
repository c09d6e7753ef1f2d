import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { SdkError } from "../../../errors/sdk-error.ts";
import { moduleText, PROGRAM_NAME, TABLE_TEXT } from "../../algorithm/template.ts";
import { pathOf, writeNew } from "../../files.ts";
import type { Run } from "../../run-cli.ts";

export function newCommand(run: Run): Command {
  return new Command("new")
    .description("write a commented module to start from, and a small table that fits it")
    .argument("<name>", "the program's name: a-z, 0-9 and _, beginning with a letter")
    .option("--folder <folder>", "where to write them (default: here)")
    .addHelpText(
      "after",
      `
Example:
  $ sharebridge algorithm new mean_wage
  $ sharebridge algorithm check mean_wage.ts`,
    )
    .action((name: string, { folder = "." }: { folder?: string }, command: Command) =>
      run(command, async ({ io }) => {
        if (!PROGRAM_NAME.test(name)) {
          throw new SdkError("Usage", `${name} is no name of a program: use a-z, 0-9 and _, beginning with a letter.`);
        }
        const [module, table] = ["ts", "csv"].map((ending) => join(folder, `${name}.${ending}`));
        try {
          await mkdir(pathOf(io, folder), { recursive: true });
        } catch (cause) {
          throw new SdkError("FileUnreadable", `The folder ${folder} cannot be made.`, { cause });
        }
        await writeNew(pathOf(io, module), moduleText(name));
        await writeNew(pathOf(io, table), TABLE_TEXT);
        return {
          document: { module, table },
          text: `Wrote ${module} and ${table}. Next: sharebridge algorithm check ${module}\n`,
        };
      }),
    );
}
