import { expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inMountNamespace } from "../../linux/testing/namespace.ts";
import { writeUserFiles } from "./user-files.ts";

function machine() {
  const root = mkdtempSync(join(tmpdir(), "files-"));
  for (const directory of ["var/lib", "etc/kubernetes/manifests", "etc/ssl"]) {
    mkdirSync(join(root, directory), { recursive: true });
  }
  writeFileSync(join(root, "etc/ssl/roots"), "roots\n");
  const read = (path: string) => readFileSync(join(root, path), "utf8");
  const file = (path: string, op: "create" | "append" | "overwrite", content = "new\n", permissions = 0o640) => ({
    path,
    op,
    content,
    permissions,
  });
  return { root, read, file };
}

test("files below /var are made, replaced and added to, with their mode", async () => {
  const { root, read, file } = machine();
  const files = [
    file("/var/lib/a/deep", "create"),
    file("/var/lib/a/deep", "overwrite", "newer\n", 0o604),
    file("/var/lib/a/deep", "append", "more\n", 0o604),
  ];
  expect(await writeUserFiles(files, root)).toEqual([]);
  expect(read("var/lib/a/deep")).toBe("newer\n\nmore\n");
  expect(statSync(join(root, "var/lib/a/deep")).mode & 0o777).toBe(0o604);
  // The next boot finds it as it is.
  expect(await writeUserFiles(files.slice(2), root)).toEqual([]);
  expect(read("var/lib/a/deep")).toBe("newer\n\nmore\n");
});

test("a file of the image is covered by its copy below /var, and read-only", () =>
  inMountNamespace(async () => {
    const { root, read, file } = machine();
    expect(await writeUserFiles([file("/etc/ssl/roots", "append", "mine\n")], root)).toEqual([]);
    expect(read("etc/ssl/roots")).toBe("roots\n\nmine\n");
    expect(read("var/etc/ssl/roots")).toBe("roots\n\nmine\n");
    expect(() => writeFileSync(join(root, "etc/ssl/roots"), "no")).toThrow("EROFS");
  }));

test("what may not be written is told, and the others are written", async () => {
  const { root, read, file } = machine();
  symlinkSync("/etc", join(root, "var/lib/link"));
  const problems = await writeUserFiles(
    [
      file("/etc/new", "create"),
      file("/etc/nothing", "overwrite"),
      file("/etc/ssl", "append"),
      file("/var/../etc/new", "create"),
      file("/var/lib/link/passwd", "create"),
      file("relative", "create"),
      { path: undefined, op: undefined, content: "", permissions: undefined },
      file("/etc/cri/conf.d/20-customization.part", "create"),
      file("/etc/kubernetes/manifests/pod.yaml", "create", "kind: Pod\n"),
      file("/var/last", "create"),
    ],
    root,
  );
  expect(problems.map((problem) => problem.replaceAll(root, ""))).toEqual([
    'Cannot write machine.files[0] "/etc/new": create operation not allowed outside of /var',
    'Cannot write machine.files[1] "/etc/nothing": file must exist',
    'Cannot write machine.files[2] "/etc/ssl": it is not a regular file',
    'Cannot write machine.files[3] "/var/../etc/new": create operation not allowed outside of /var',
    'Cannot write machine.files[4] "/var/lib/link/passwd": Cannot follow the symbolic link "/var/lib/link": it may lead anywhere',
    'Cannot write machine.files[5] "relative": expected the absolute path of a file',
    'Cannot write machine.files[6] "": expected the absolute path of a file',
  ]);
  expect(read("etc/kubernetes/manifests/pod.yaml")).toBe("kind: Pod\n");
  expect(read("var/last")).toBe("new\n");
  expect(existsSync(join(root, "etc/new"))).toBe(false);
});

test("a link in a file's own place is replaced, not followed", async () => {
  const { root, read, file } = machine();
  symlinkSync("../etc/ssl/roots", join(root, "var/link"));
  expect(await writeUserFiles([file("/var/link", "create")], root)).toEqual([]);
  expect(read("var/link")).toBe("new\n");
  expect(read("etc/ssl/roots")).toBe("roots\n");
});
