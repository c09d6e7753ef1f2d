import { chmod, mkdir, open, readFile, stat } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { SdkError } from "../errors/sdk-error.ts";
import type { Io } from "./io.ts";

/** Largest JSON file that a command reads. */
const MAXIMUM_JSON_BYTES = 4_194_304;

/** Files of which an error shows nothing, for a parser quotes what it stumbles over. */
const SECRET_FILES = /key|private/;

/** A path of the command line: relative to where the command runs, `~` for the home folder. */
export function pathOf(io: Io, path: string): string {
  if (path === "~" || path.startsWith("~/")) return join(io.home, path.slice(1));
  return isAbsolute(path) ? path : join(io.workingFolder, path);
}

/** Reads a JSON file. Throws FileUnreadable, which names `what` it should have been. */
export async function readJson(io: Io, path: string, what: string): Promise<unknown> {
  const text = await readText(io, path, what);
  try {
    return JSON.parse(text);
  } catch (error) {
    const where = error instanceof Error ? ` (${error.message.replace(/,? *"?\.\.\..*$/s, "").slice(0, 120)})` : "";
    throw new SdkError("FileUnreadable", `The ${what} ${path} is not JSON${SECRET_FILES.test(what) ? "" : where}.`);
  }
}

async function readText(io: Io, path: string, what: string): Promise<string> {
  const file = pathOf(io, path);
  await fileSize(io, path, what, MAXIMUM_JSON_BYTES);
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw unreadable(path, what, error);
  }
}

/** Size of a file in bytes. Throws FileUnreadable. */
export async function fileSize(io: Io, path: string, what: string, maximum = Number.MAX_SAFE_INTEGER): Promise<number> {
  try {
    const { size, isFile } = await stat(pathOf(io, path)).then((found) => ({
      size: found.size,
      isFile: found.isFile(),
    }));
    if (!isFile) throw new SdkError("FileUnreadable", `The ${what} ${path} is not a file.`);
    if (size > maximum) {
      throw new SdkError("FileUnreadable", `The ${what} ${path} has ${size} bytes; at most ${maximum} are read.`);
    }
    return size;
  } catch (error) {
    throw unreadable(path, what, error);
  }
}

function unreadable(path: string, what: string, error: unknown): SdkError {
  if (error instanceof SdkError) return error;
  const code = (error as { code?: string }).code;
  const why = code === "ENOENT" ? "does not exist" : code === "EACCES" ? "may not be read" : "cannot be read";
  return new SdkError("FileUnreadable", `The ${what} ${path} ${why}.`, { cause: error });
}

/**
 * Writes a file that only the user may read (mode 0600, in a folder with mode 0700), and forces it to the disk before
 * it resolves. An existing file is not touched: FileExists.
 */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const folder = dirname(path);
  if ((await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined) await chmod(folder, 0o700);
  await writeNew(path, text, 0o600);
  await syncFolder(folder);
}

/** Writes a file that anyone may read. An existing file is not touched: FileExists. */
export async function writeNew(path: string, text: string, mode = 0o644): Promise<void> {
  try {
    const file = await open(path, "wx", mode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as { code?: string }).code === "EEXIST") {
      throw new SdkError(
        "FileExists",
        `${path} exists already and is not overwritten. Move it away or choose another name.`,
      );
    }
    throw new SdkError("FileUnreadable", `${path} cannot be written: check folder and permissions.`, { cause: error });
  }
}

/** The folder's entry for a new file is as durable as the file. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
