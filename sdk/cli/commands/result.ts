import { Command } from "commander";
import { readAnswer } from "../../buyer/read-answer.ts";
import { waitForAnswer } from "../../buyer/wait-for-answer.ts";
import { keyFolder } from "../key-folder.ts";
import { figureLines } from "../output.ts";
import type { Run } from "../run-cli.ts";

export function resultCommand(run: Run): Command {
  return new Command("result")
    .description("read the answer to a request, with the error that its program declares")
    .argument("<request-id>", "as request printed it")
    .option("--wait", "wait until it is answered")
    .option("--keys <folder>", "where the key that opens the answer is kept (default: ~/.sharebridge/keys)")
    .addHelpText(
      "after",
      `
Example:
  $ sharebridge result 0x5d… --wait`,
    )
    .action((requestId: string, flags: { wait?: boolean }, command: Command) =>
      run(command, async (context) => {
        const connection = await context.connection();
        const { signal } = context.io;
        if (flags.wait) {
          const say = ({ message }: { message: string }) => context.progress.say(message);
          await waitForAnswer({ connection, requestId, signal, onProgress: say });
        }
        const keys = keyFolder(context.io, context.keyFolder);
        const answer = await readAnswer({ connection, requestId, keys, nodes: { signal } });
        for (const note of answer.notes) context.progress.say(note);
        const rows = answer.tableRows?.join(" and ") ?? String(answer.rows);
        const head = `${answer.program} over ${rows} rows, ${answer.sealed ? "sealed to you" : "public"}:\n`;
        const figures = answer.figures.length > 0 ? answer.figures : answer.outputs;
        return { document: answer, text: `${head}${figureLines(figures)}` };
      }),
    );
}
