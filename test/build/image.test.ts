import { afterAll, describe, expect, test } from "bun:test";
import type { Dirent } from "node:fs";
import { mkdtemp, readdir, readlink, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { executables } from "../../initramfs/rootfs/executables.ts";
import { repository } from "../../initramfs/steps/files.ts";
import { runTool } from "../../initramfs/steps/tool.ts";

/** A recursive readdir would look through links as well, and find files twice. */
async function walk(directory: string): Promise<Dirent[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const below = await Promise.all(
    entries.filter((entry) => entry.isDirectory()).map((entry) => walk(join(directory, entry.name))),
  );
  return [...entries, ...below.flat()];
}

/** What is really in the image, taken out of it by a tool that is not ours. */
const directory = await mkdtemp(join(tmpdir(), "machined-image-"));
afterAll(() => rm(directory, { recursive: true, force: true }));
const root = join(directory, "root");
await runTool({ argv: ["unsquashfs", "-no-progress", "-dest", root, join(repository, "_out/rootfs-amd64.sqsh")] });
const entries = await walk(root);
const pathOf = (entry: (typeof entries)[number]) => relative(root, join(entry.parentPath, entry.name));
const files = await Promise.all(
  entries
    .filter((entry) => entry.isFile())
    .map(async (entry) => {
      const path = pathOf(entry);
      const head = await Bun.file(join(root, path)).slice(0, 4).bytes();
      return { path, mode: (await stat(join(root, path))).mode & 0o7777, head: Buffer.from(head).toString("latin1") };
    }),
);

const isLibrary = (path: string) =>
  /^usr\/lib(64)?\/.*(\.so(\.[^/]*)?)$/.test(path) || path.startsWith("usr/lib64/ld-");

test("every program has a reason to be there, and every reason its program", () => {
  const isProgram = ({ path, mode, head }: (typeof files)[number]) =>
    !isLibrary(path) && !path.endsWith(".ko") && ((mode & 0o111) !== 0 || head === "\x7fELF" || head.startsWith("#!"));
  expect(
    files
      .filter(isProgram)
      .map(({ path }) => path)
      .toSorted(),
  ).toEqual([...executables.keys()].toSorted());
});

test("no file runs with another user's rights, and none can be written by others", () => {
  expect(files.filter(({ mode }) => (mode & 0o6022) !== 0)).toEqual([]);
});

test("no shell, interpreter, package manager or remote login hides behind any name", () => {
  const names = entries.map(({ name }) => name);
  const refused =
    /^(?:(?:ba|da|z|k|tc|c)?sh|busybox|toybox|python[\d.]*|perl[\d.]*|node|bun|ssh[d-]?.*|dpkg.*|apt.*|su|sudo|login|curl|wget)$/;
  expect(names.filter((name) => refused.test(name))).toEqual([]);
});

test("every link leads to something in the image", async () => {
  const outside = ["proc/self/mounts", "run"]; // made at run time
  for (const entry of entries.filter((entry) => entry.isSymbolicLink())) {
    const path = pathOf(entry);
    const target = await readlink(join(root, path));
    if (outside.some((end) => target.endsWith(end))) continue;
    const from = target.startsWith("/") ? root : entry.parentPath;
    expect({
      path,
      exists: await stat(join(from, target)).then(
        () => true,
        () => false,
      ),
    }).toEqual({ path, exists: true });
  }
});

describe("the programs find their libraries", () => {
  test.each([...executables.keys()].filter((path) => path !== "usr/sbin/init"))("%s", async (path) => {
    const loader = join(root, "usr/lib64/ld-linux-x86-64.so.2");
    const paths = ["usr/lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu/systemd"]
      .map((path) => join(root, path))
      .join(":");
    const child = Bun.spawn([loader, "--library-path", paths, "--list", join(root, path)], {
      stdout: "pipe",
      stderr: "pipe",
    });
    const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
    const isOutside = (line: string) => / => \//.test(line) && !line.includes(` => ${root}/`);
    const missing = output.split("\n").filter((line) => line.includes("not found") || isOutside(line));
    expect(missing).toEqual([]);
    expect(errors.includes("cannot open shared object")).toBe(false);
  });
});

test("the bill of materials names every package that a file came from", async () => {
  const document = await Bun.file(join(root, "usr/share/sbom.spdx.json")).json();
  expect(document.spdxVersion).toBe("SPDX-2.3");
  const names = document.packages.map(({ name }: { name: string }) => name);
  expect(names).toEqual(
    expect.arrayContaining(["machined", "containerd", "runc", "udev", "xfsprogs", "libc6", "ca-certificates"]),
  );
  expect(names).toContain("github.com/containernetworking/plugins");
  expect(new Set(names).size).toBe(names.length);
});

test("the root file system stays far below 80 MB", async () => {
  expect((await stat(join(repository, "_out/rootfs-amd64.sqsh"))).size).toBeLessThan(60e6);
});
