import { afterAll, expect, test } from "bun:test";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTalosctl } from "../../testing/machine.ts";

const directory = await mkdtemp(join(tmpdir(), "talosctl-machineconfig-"));
afterAll(() => rm(directory, { recursive: true }));
const at = (name: string) => join(directory, name);
await writeFile(at("config.yaml"), "version: v1alpha1\nmachine:\n    type: worker\n");

test("patches of flags and files apply in order, to a file or to standard output", async () => {
  await writeFile(at("patch.yaml"), "machine:\n  token: file\n");
  const patch = [
    "machineconfig",
    "patch",
    at("config.yaml"),
    "-p",
    "machine: {token: text}",
    "-p",
    `@${at("patch.yaml")}`,
  ];
  const result = "version: v1alpha1\nmachine:\n    type: worker\n    token: file\n";
  expect(await runTalosctl(patch)).toMatchObject({ status: 0, out: result });
  expect((await runTalosctl([...patch, "-o", at("out.yaml")])).out).toBe("");
  expect(await readFile(at("out.yaml"), "utf8")).toBe(result);
});

test("a patch that does not fit is named", async () => {
  const patch = ["mc", "patch", at("config.yaml"), "-p", "[]", "-p", "[{op: remove, path: /cluster}]"];
  expect(await runTalosctl(patch)).toMatchObject({
    status: 1,
    out: "",
    error: expect.stringContaining(
      'Cannot use patch 2: Cannot apply operation 1 of the JSON patch: Cannot find "/cluster"',
    ),
  });
});

test("gen makes what gen config makes, with a JSON patch for control planes alone", async () => {
  const remove = '[{"op": "remove", "path": "/cluster/apiServer/admissionControl"}]';
  const argv = ["machineconfig", "gen", "demo", "https://10.0.0.1:6443", "-o", directory, "--persist=false"];
  // Later versions' configs have several documents, which a JSON patch cannot tell apart.
  expect(
    (await runTalosctl([...argv, "--talos-version", "v1.11", "--config-patch-control-plane", remove])).status,
  ).toBe(0);
  const config = await readFile(at("controlplane.yaml"), "utf8");
  expect(config).toContain("auditPolicy:");
  expect(config).not.toContain("admissionControl:");
  expect(await readFile(at("worker.yaml"), "utf8")).toContain("persist: false");
}, 20_000);
