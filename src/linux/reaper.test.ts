import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

test("a burst of 10,000 orphans leaves no zombie and steals no child's status", async () => {
  const directory = mkdtempSync(join(tmpdir(), "orphans-"));
  try {
    const program = join(directory, "orphans");
    const compiled = Bun.spawnSync(["gcc", "-O1", "-o", program, join(import.meta.dir, "testing/orphans.c")]);
    expect(compiled.stderr.toString()).toBe("");
    const storm = join(import.meta.dir, "testing/orphan-storm.ts");
    const command = [process.execPath, storm, program, "10000", "100"];
    const child = Bun.spawn(["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", ...command], {
      stderr: "pipe",
    });
    const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    expect(errors).toBe("");
    expect(JSON.parse(output)).toEqual({ pid: 1, code: 0, reaped: 10_000, right: 100, zombies: 0 });
  } finally {
    rmSync(directory, { recursive: true });
  }
}, 30_000);
