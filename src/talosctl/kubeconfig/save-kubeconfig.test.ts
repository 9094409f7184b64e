import { expect, test } from "bun:test";
import { mkdtempDisposable, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accessOf, kubeconfigOf } from "../../kube/kubeconfig.ts";
import { kubeconfigPath } from "./location.ts";
import { saveKubeconfig } from "./save-kubeconfig.ts";

const made = kubeconfigOf({ server: "https://10.0.0.2:6443", ca: "ca" }, { cluster: "lab", user: "admin" });
const merge = { onConflict: () => "rename" as const };
const directory = () => mkdtempDisposable(join(tmpdir(), "kubeconfig-"));

test("a new file is its owner's alone, and directories on its way are made", async () => {
  await using at = await directory();
  const { path } = await saveKubeconfig(join(at.path, "new", "config"), made, { merge });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(accessOf(await readFile(path, "utf8")).server).toBe("https://10.0.0.2:6443");
});

test("a directory means the file kubeconfig in it, and a link the file it leads to", async () => {
  await using at = await directory();
  expect((await saveKubeconfig(at.path, made)).path).toEndWith("/kubeconfig");
  await writeFile(join(at.path, "real"), "kind: Config\n");
  await symlink("real", join(at.path, "link"));
  await saveKubeconfig(join(at.path, "link"), made, { merge });
  expect(await readFile(join(at.path, "real"), "utf8")).toContain("10.0.0.2");
});

test("a file that is there is replaced only when asked for", async () => {
  await using at = await directory();
  const path = join(at.path, "config");
  await writeFile(path, "mine");
  const failure = await saveKubeconfig(path, made).catch((thrown) => thrown);
  expect(failure.message).toBe(`Cannot write "${path}": it exists`);
  expect(await readFile(path, "utf8")).toBe("mine");
  await saveKubeconfig(path, made, { replace: true });
  expect(await readFile(path, "utf8")).toBe(made);
});

test("a file that is no kubeconfig is left as it is", async () => {
  await using at = await directory();
  const path = join(at.path, "config");
  await writeFile(path, "- a list\n");
  const failure = await saveKubeconfig(path, made, { merge }).catch((thrown) => thrown);
  expect(failure.message).toBe(`Cannot add to "${path}"`);
  expect(await readFile(path, "utf8")).toBe("- a list\n");
});

test("the file is kubectl's own, unless it has several", () => {
  expect(kubeconfigPath({}, "/home/me")).toBe("/home/me/.kube/config");
  expect(kubeconfigPath({ KUBECONFIG: "/a" }, "/home/me")).toBe("/a");
  expect(() => kubeconfigPath({ KUBECONFIG: "/a:/b" }, "/home/me")).toThrow("$KUBECONFIG names several files");
});
