import { expect, test } from "bun:test";
import { mkdtempDisposable, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accessOf, kubeconfigOf } from "../../kube/kubeconfig.ts";
import { readTalosconfig, writeTalosconfig } from "../../talosconfig/file.ts";
import { clusterDirectory } from "./directory.ts";
import { addToOwnConfigurations } from "./own-configurations.ts";

const context = (ca: string, endpoint: string) => ({ ca, endpoints: [endpoint], nodes: [endpoint], rest: {} });

/** A cluster's files, as `cluster create` leaves them. */
async function clusterIn(root: string, ca: string, address: string) {
  const directory = clusterDirectory(root, "lab");
  await writeTalosconfig(directory.talosconfig, { context: "lab", contexts: new Map([["lab", context(ca, address)]]) });
  const access = { server: `https://${address}:6443`, ca, certificate: "crt", key: address };
  await Bun.write(
    directory.kubeconfig,
    kubeconfigOf(access, { cluster: "lab", user: "admin@lab", context: "admin@lab" }),
  );
  return directory;
}

test("a cluster is added to what people have, takes its own place again, and nobody else's", async () => {
  await using root = await mkdtempDisposable(join(tmpdir(), "own-"));
  const own = { talosconfig: join(root.path, "talos/config"), kubeconfig: join(root.path, "kube/config") };
  await writeTalosconfig(own.talosconfig, { context: "home", contexts: new Map([["home", context("x", "1.1.1.1")]]) });

  await addToOwnConfigurations(await clusterIn(root.path, "first", "10.5.0.2"), own);
  expect(await readTalosconfig(own.talosconfig)).toMatchObject({ context: "lab" });
  expect(accessOf(await readFile(own.kubeconfig, "utf8")).server).toBe("https://10.5.0.2:6443");

  await addToOwnConfigurations(await clusterIn(root.path, "first", "10.5.0.3"), own);
  const again = await readTalosconfig(own.talosconfig);
  expect([...again.contexts.keys()]).toEqual(["home", "lab"]);
  expect(again.contexts.get("lab")?.endpoints).toEqual(["10.5.0.3"]);
  expect(accessOf(await readFile(own.kubeconfig, "utf8")).key).toBe("10.5.0.3");

  const told = await addToOwnConfigurations(await clusterIn(root.path, "another", "10.5.0.4"), own);
  expect(told).toContain('renamed talosconfig context "lab" -> "lab-1"');
  expect(told).toContain('renamed context "admin@lab" -> "admin@lab-1"');
  const both = await readTalosconfig(own.talosconfig);
  expect(both.context).toBe("lab-1");
  expect(both.contexts.get("lab")?.endpoints).toEqual(["10.5.0.3"]);
});
