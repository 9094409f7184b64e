import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "../../errors/failure.ts";

/** What our lines at the top of the file begin with: no comment of the user's own is taken for one. */
const mark = "#| ";

/** A text in the hands of the user's editor, in a file that nobody else can read. */
export class EditedFile implements AsyncDisposable {
  readonly #directory: string;
  readonly #path: string;
  #isKept = false;

  private constructor(directory: string) {
    this.#directory = directory;
    this.#path = join(directory, "machineconfig.yaml");
  }

  static async create(): Promise<EditedFile> {
    return new EditedFile(await mkdtemp(join(tmpdir(), "talosctl-edit-")));
  }

  /**
   * Opens the text in an editor, below the notes.
   * @returns what was saved, without the notes.
   * @throws Failure when the editor cannot be run or fails; a change that it saved is kept then.
   */
  async edit(text: string, notes: readonly string[], signal: AbortSignal): Promise<string> {
    const shown = notes.map((note) => `${mark}${note}`.trimEnd()).join("\n");
    const content = `${shown}\n${text}`;
    await writeFile(this.#path, content, { mode: 0o600 });
    const editor = process.env.TALOS_EDITOR || process.env.EDITOR || "vi";
    // By the shell: editors are often given with flags, such as "code --wait".
    const child = Bun.spawn(["sh", "-c", `${editor} "$1"`, "sh", this.#path], {
      stdio: ["inherit", "inherit", "inherit"],
      signal,
    });
    const status = await child.exited;
    const saved = await readFile(this.#path, "utf8");
    if (status === 0) return withoutNotes(saved);
    throw new Failure(`Cannot edit with "${editor}": it ended with status ${status}`, {
      hint:
        saved === content
          ? "Choose another editor with $TALOS_EDITOR or $EDITOR"
          : `What it saved is kept in ${this.keep()}`,
    });
  }

  /** Leaves the file where it is. @returns its path. */
  keep(): string {
    this.#isKept = true;
    return this.#path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isKept) await rm(this.#directory, { recursive: true, force: true });
  }
}

function withoutNotes(text: string): string {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const first = lines.findIndex((line) => !line.startsWith(mark.trimEnd()));
  return first < 0 ? "" : lines.slice(first).join("\n");
}
