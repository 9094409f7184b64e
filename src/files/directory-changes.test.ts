import { expect, test } from "bun:test";
import { mkdir, mkdtemp, rename, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { directoryChanges } from "./directory-changes.ts";

test("changes in directories that may come later are told", async () => {
  const root = await mkdtemp(join(tmpdir(), "changes-"));
  const directory = join(root, "a", "b");
  const stopping = new AbortController();
  const changes = directoryChanges([directory], stopping.signal);
  expect((await changes.next()).done).toBe(false);
  const steps = [
    () => mkdir(directory, { recursive: true }),
    () => writeFile(join(directory, "one"), "1"),
    async () => {
      await symlink("one", join(directory, "new"));
      await rename(join(directory, "new"), join(directory, "current"));
    },
  ];
  for (const step of steps) {
    const next = changes.next();
    await step();
    expect((await next).done).toBe(false);
  }
  stopping.abort();
  while (!(await changes.next()).done);
});
