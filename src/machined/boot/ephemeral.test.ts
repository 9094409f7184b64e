import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isBlank } from "./ephemeral.ts";

test("a disk is blank when its first mebibyte is zero", async () => {
  const directory = await mkdtemp(join(tmpdir(), "ephemeral-"));
  try {
    const disk = join(directory, "disk");
    const content = new Uint8Array(2 * 1_024 * 1_024);
    content[1_500_000] = 1;
    await Bun.write(disk, content);
    expect(isBlank(disk)).toBe(true);
    content[1_000_000] = 1;
    await Bun.write(disk, content);
    expect(isBlank(disk)).toBe(false);
    await Bun.write(disk, "");
    expect(isBlank(disk)).toBe(false);
  } finally {
    await rm(directory, { recursive: true });
  }
});
