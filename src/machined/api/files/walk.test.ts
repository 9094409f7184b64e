import { expect, test } from "bun:test";
import { link, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sumTree } from "./sum-tree.ts";
import { walk } from "./walk.ts";

const { signal } = new AbortController();

async function inTree(run: (root: string) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), "walk-"));
  try {
    await mkdir(join(root, "a/b"), { recursive: true });
    await writeFile(join(root, "a/b/file"), Buffer.alloc(8192, 1));
    await link(join(root, "a/b/file"), join(root, "a/again"));
    await symlink("a", join(root, "link"));
    await run(root);
  } finally {
    await rm(root, { recursive: true });
  }
}

test("a walk shows parents first, sorted, and follows no link", () =>
  inTree(async (root) => {
    const seen = await Array.fromAsync(walk(root, { maximumDepth: 9, signal }));
    expect(seen.map(({ relativePath }) => relativePath)).toEqual([".", "a", "a/again", "a/b", "a/b/file", "link"]);
  }));

test("a walk stops at its depth and reports what is missing", () =>
  inTree(async (root) => {
    const shallow = await Array.fromAsync(walk(root, { maximumDepth: 1, signal }));
    expect(shallow.map(({ relativePath }) => relativePath)).toEqual([".", "a", "link"]);
    const [missing] = await Array.fromAsync(walk(join(root, "none"), { maximumDepth: 1, signal }));
    expect(missing?.error).toContain("ENOENT");
  }));

test("a tree's usage counts a file with two names once", () =>
  inTree(async (root) => {
    const sums = await Array.fromAsync(sumTree(walk(root, { maximumDepth: 9, signal })));
    const total = sums.at(-1);
    expect(total?.entry.relativePath).toBe(".");
    const inner = sums.find(({ entry }) => entry.relativePath === "a/again");
    const other = sums.find(({ entry }) => entry.relativePath === "a/b/file");
    expect((inner?.bytes ?? 0) + (other?.bytes ?? 0)).toBe(8192);
    expect(total?.bytes).toBeGreaterThanOrEqual(8192);
    expect(total?.bytes).toBeLessThan(2 * 8192 + 4 * 4096);
  }));
