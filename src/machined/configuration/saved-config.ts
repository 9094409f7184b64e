import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "../../errors/message.ts";
import { durableWrite } from "../../files/durable-write.ts";

/** The config as it outlives a reboot: one file, replaced whole, so that a power cut leaves the old one or the new one. */
export class SavedConfig {
  readonly path: string;

  /** @param directory where STATE is mounted, or an ordinary directory on a machine without a disk for it */
  constructor(directory: string) {
    this.path = join(directory, "config.yaml");
  }

  /** @throws Failure naming the file; the old one is then still in place. */
  async write(text: string): Promise<void> {
    await durableWrite(this.path, text);
  }

  /** What is saved; undefined when nothing is. */
  async read(): Promise<string | undefined> {
    try {
      return await readFile(this.path, "utf8");
    } catch (thrown) {
      if (codeOf(thrown) === "ENOENT") return undefined;
      throw thrown;
    }
  }
}
