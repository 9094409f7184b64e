import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../../errors/failure.ts";
import { codeOf } from "../../errors/message.ts";
import { durableWrite } from "../../files/durable-write.ts";

const NAME = "config.yaml";

/** The config as it outlives a reboot: one file, replaced whole, so that a power cut leaves the old one or the new one. */
export class SavedConfig {
  readonly #directory: string;
  readonly #path: string;

  /** @param directory where STATE is mounted, or an ordinary directory on a machine without a disk for it */
  constructor(directory: string) {
    this.#directory = directory;
    this.#path = join(directory, NAME);
  }

  /** @throws Failure naming the file; the old one is then still in place. */
  async write(text: string): Promise<void> {
    try {
      await durableWrite(this.#path, text);
    } catch (thrown) {
      if (!(thrown instanceof Failure && codeOf(thrown.cause) === "ENOENT")) throw thrown;
      // STATE has just been mounted over the directory: what was begun in it is out of sight.
      await durableWrite(this.#path, text);
    }
  }

  /** What is saved; undefined when nothing is. */
  async read(): Promise<string | undefined> {
    try {
      return await readFile(this.#path, "utf8");
    } catch (thrown) {
      if (codeOf(thrown) === "ENOENT") return undefined;
      throw thrown;
    }
  }

  /** Removes what writes that were cut short left beside the file. Only while nobody writes. */
  async clean(): Promise<void> {
    const names = await readdir(this.#directory).catch((thrown) => {
      if (codeOf(thrown) === "ENOENT") return [];
      throw thrown;
    });
    for (const name of names) if (name.startsWith(`.${NAME}.`)) await rm(join(this.#directory, name), { force: true });
  }
}
