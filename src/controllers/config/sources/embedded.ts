import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { codeOf } from "../../../errors/message.ts";
import { MountFlag, mount } from "../../../linux/mount.ts";
import type { ConfigSource } from "./source.ts";

export interface EmbeddedOptions {
  readonly path?: string;
  /** Takes the directory away from everybody else's eyes. */
  readonly hide?: (directory: string) => void;
}

/** A config that is part of the image. */
export function embeddedSource({
  path = "/usr/local/etc/talos/config.yaml",
  hide = hideDirectory,
}: EmbeddedOptions = {}): ConfigSource {
  let read: Promise<string | undefined> | undefined;
  return {
    name: "embedded",
    place: path,
    // Once: the file is gone from sight afterwards.
    read: () => {
      read ??= readAndHide(path, hide);
      return read;
    },
  };
}

async function readAndHide(path: string, hide: (directory: string) => void): Promise<string | undefined> {
  try {
    const text = await readFile(path, "utf8");
    hide(dirname(path));
    return text;
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return undefined;
    throw thrown;
  }
}

/** The image can be read through pods that mount the host's file system, and the config holds every secret. */
function hideDirectory(directory: string): void {
  const flags = MountFlag.readOnly | MountFlag.noSuid | MountFlag.noDev | MountFlag.noExec;
  mount({ source: "tmpfs", target: directory, type: "tmpfs", flags });
}
