import { type FSWatcher, watch } from "node:fs";
import { dirname } from "node:path";
import { Notice } from "../async/notice.ts";

/**
 * Yields when something in one of the directories may have changed: at first, and then with each change. Of a directory
 * that is not there yet, the nearest parent that is there is watched instead. What is mounted over a watched directory
 * later is not seen until somebody posts to `changed`.
 */
export async function* directoryChanges(
  directories: readonly string[],
  signal: AbortSignal,
  changed: Notice = new Notice(),
): AsyncGenerator<void, void, undefined> {
  const watching = new Map<string, FSWatcher>();
  const follow = (directory: string) => {
    const found = watchNearest(directory, () => changed.post());
    watching.get(directory)?.close();
    if (found !== undefined) watching.set(directory, found);
  };
  try {
    while (!signal.aborted) {
      const next = changed.next(signal);
      for (const directory of directories) follow(directory);
      yield;
      await next;
    }
  } finally {
    for (const watcher of watching.values()) watcher.close();
  }
}

function watchNearest(directory: string, onChange: () => void): FSWatcher | undefined {
  for (let at = directory; ; at = dirname(at)) {
    try {
      const watcher = watch(at, { persistent: false }, onChange);
      watcher.on("error", onChange);
      return watcher;
    } catch {
      if (at === dirname(at)) return undefined;
    }
  }
}
