import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { attachLoop } from "../linux/loop.ts";
import { mount, unmount } from "../linux/mount.ts";
import { createSpawner } from "../linux/spawner/spawner.ts";
import { statfs } from "../linux/statfs.ts";
import { inMountNamespace } from "../linux/testing/namespace.ts";
import { identify, probeFileSystem } from "./probe.ts";
import { formatXfs } from "./xfs.ts";

const directory = mkdtempSync(join(tmpdir(), "block-"));
const spawner = await createSpawner({ drop: "module-and-boot" });
afterAll(() => {
  spawner[Symbol.dispose]();
  rmSync(directory, { recursive: true });
});

const imageSizeBytes = 320 * 1_024 * 1_024;
const makeImage = (name: string, sizeBytes = imageSizeBytes) => {
  const path = join(directory, name);
  writeFileSync(path, "");
  truncateSync(path, sizeBytes);
  return path;
};

test("a formatted device is found again, mounted and written to", async () => {
  const image = makeImage("disk");
  expect(probeFileSystem(image)).toBeUndefined();
  const device = attachLoop(image, { readOnly: false });
  try {
    await formatXfs(spawner, device.path, { label: "EPHEMERAL" });
    expect(probeFileSystem(device.path)).toMatchObject({ type: "xfs", label: "EPHEMERAL" });
    expect(probeFileSystem(device.path)?.uuid).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    await inMountNamespace(() => {
      const target = join(directory, "mnt");
      mkdirSync(target);
      mount({ source: device.path, target, type: "xfs" });
      writeFileSync(join(target, "file"), "x");
      expect(readFileSync(join(target, "file"), "utf8")).toBe("x");
      expect(statfs(target).sizeBytes).toBeGreaterThan(imageSizeBytes / 2);
      unmount(target);
    });
  } finally {
    device[Symbol.dispose]();
  }
}, 20_000);

test("a device too small for XFS is an error with the reason", async () => {
  const image = makeImage("small", 1_024 * 1_024);
  await expect(formatXfs(spawner, image)).rejects.toThrow(`Cannot format "${image}" as XFS: `);
});

test("a read-only loop device cannot be written", () => {
  using device = attachLoop(makeImage("read-only", 1_024 * 1_024));
  expect(() => writeFileSync(device.path, "x")).toThrow(/EACCES|EPERM|EROFS/);
});

test("every superblock is told by its magic", () => {
  const heads = { luks: "LUKS\xba\xbe", squashfs: "hsqs", xfs: "XFSB" };
  for (const [type, magic] of Object.entries(heads)) {
    expect(identify(Buffer.from(magic.padEnd(4_096, "\0"), "latin1"))?.type).toBe(type as "xfs");
  }
  const ext4 = Buffer.alloc(4_096);
  ext4.writeUInt16LE(0xef53, 1_080);
  ext4.write("root", 1_144);
  expect(identify(ext4)).toEqual({ type: "ext4", label: "root", uuid: undefined });
});

test("any bytes are probed without failing", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom("", "XFSB", "hsqs"), (bytes, magic) => {
      const found = identify(Buffer.concat([Buffer.from(magic), bytes]));
      if (magic !== "") expect(found).toBeDefined();
    }),
  );
});
