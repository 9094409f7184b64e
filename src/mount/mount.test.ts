import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { inMountNamespace } from "../linux/testing/namespace.ts";
import { bindMount, isMountPoint, mountAt, mountOverlay, mountTmpfs, unmountTree } from "./helpers.ts";
import { cgroupMount, earlyMounts, lateMounts, runtimeMounts } from "./pseudo.ts";
import { mountTable, parseMountInfo } from "./table.ts";

/** A tmpfs of the test's own, in a mount namespace of its own. */
const inScratch = (body: (directory: string) => void) =>
  inMountNamespace(() => {
    const directory = mkdtempSync(join(tmpdir(), "mounts-"));
    try {
      mountTmpfs(directory, "size=8m");
      body(directory);
    } finally {
      unmountTree(directory);
      rmSync(directory, { recursive: true });
    }
  });

test("a line of mountinfo is read, with and without optional fields and with escapes", () => {
  const lines = [
    "36 35 98:0 /mnt1 /mnt\\0402 rw,noatime master:1 shared:2 - ext3 /dev/root\\011x rw,errors=continue",
    "22 1 0:20 / /proc rw,nosuid - proc proc rw",
    "this is not a line of mountinfo",
  ];
  const [first, second, ...rest] = parseMountInfo(lines.join("\n"));
  expect(first).toEqual({
    id: 36,
    parentId: 35,
    device: "98:0",
    root: "/mnt1",
    target: "/mnt 2",
    options: ["rw", "noatime"],
    propagation: ["master:1", "shared:2"],
    type: "ext3",
    source: "/dev/root\tx",
    superOptions: ["rw", "errors=continue"],
  });
  expect(second).toMatchObject({ target: "/proc", propagation: [], type: "proc" });
  expect(rest).toEqual([]);
});

test("any text is read as mountinfo without failing", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(" ", "-", "\\", "0", "4", "a", "\n", ",", "/") }), (text) => {
      expect(parseMountInfo(text).length).toBeLessThanOrEqual(text.split("\n").length);
    }),
  );
});

test("a bind shows files and directories at a second place, read-only when asked", () =>
  inScratch((directory) => {
    mkdirSync(join(directory, "from"));
    writeFileSync(join(directory, "from/file"), "x");
    bindMount(join(directory, "from"), join(directory, "to"), { readOnly: true });
    bindMount(join(directory, "from/file"), join(directory, "deep/er/file"));
    expect(readFileSync(join(directory, "to/file"), "utf8")).toBe("x");
    expect(() => writeFileSync(join(directory, "to/file"), "y")).toThrow("EROFS");
    writeFileSync(join(directory, "deep/er/file"), "z");
    expect(readFileSync(join(directory, "from/file"), "utf8")).toBe("z");
    const entry = mountTable().find(({ target }) => target === join(directory, "to"));
    expect(entry).toMatchObject({ root: "/from", type: "tmpfs" });
    expect(entry?.options).toContain("ro");
  }));

test("an overlay keeps changes apart, whatever is in the paths", () =>
  inScratch((directory) => {
    const lower = join(directory, "low:er, 1");
    mkdirSync(lower);
    writeFileSync(join(lower, "file"), "old");
    const upper = { changes: join(directory, "up"), work: join(directory, "work") };
    mountOverlay({ target: join(directory, "merged"), lower: [lower], upper });
    writeFileSync(join(directory, "merged/file"), "new");
    expect(readFileSync(join(lower, "file"), "utf8")).toBe("old");
    expect(readFileSync(join(upper.changes, "file"), "utf8")).toBe("new");
  }));

test("a tree of mounts goes away with one call", () =>
  inScratch((directory) => {
    mountTmpfs(join(directory, "a"), "size=1m");
    mountTmpfs(join(directory, "a/b"), "size=1m");
    mountTmpfs(join(directory, "ab"), "size=1m");
    unmountTree(join(directory, "a"));
    expect(isMountPoint(join(directory, "a"))).toBe(false);
    expect(isMountPoint(join(directory, "ab"))).toBe(true);
    expect(readdirSync(join(directory, "a"))).toEqual([]);
  }));

test("the kernel takes every pseudo file system of the boot", () =>
  inScratch((directory) => {
    const taken: string[] = [];
    for (const pseudo of [...earlyMounts, ...lateMounts, ...runtimeMounts, cgroupMount]) {
      const target = join(directory, pseudo.target);
      try {
        mountAt({ ...pseudo, target });
        taken.push(pseudo.type ?? "");
      } catch (thrown) {
        if (pseudo.optional !== true) throw thrown;
      }
    }
    expect(taken).toEqual(expect.arrayContaining(["devtmpfs", "proc", "sysfs", "devpts", "tmpfs", "cgroup2"]));
    expect(statSync(join(directory, "dev/null")).isCharacterDevice()).toBe(true);
  }));
