import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdir, readFile, rm, statfs, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { KubeClient } from "../src/kube/client.ts";
import { accessOf } from "../src/kube/kubeconfig.ts";
import type { KubeObject } from "../src/kube/object.ts";
import { untilHealthSays as untilTheirHealthSays } from "./machine/health.ts";
import { bootClusterWithin, run, type TestMachine } from "./machine/machine.ts";
import { type AcknowledgedWriter, startWriter } from "./support/acknowledged-writer.ts";
import { eventually } from "./support/eventually.ts";

const describeAsRoot = describe.if(process.getuid?.() === 0 && process.platform === "linux");
const minutes = (count: number) => count * 60_000;
const patience = { timeoutMs: minutes(5), intervalMs: 250 };

const mebibyte = 2 ** 20;
/** Room for images and pods, and for a kubelet that wants a tenth of it free; takes space on the host as it is written. */
const diskBytes = 4_096 * mebibyte;
const configMaps = "/api/v1/namespaces/default/configmaps";

interface ConfigMap extends KubeObject {
  readonly data: { readonly value: string };
}

/** A disk of its own for the machine, in a mount namespace that ends with the machine. */
async function withDisk(directory: string, node: string): Promise<readonly string[]> {
  const [place, image] = [join(directory, `${node}.var`), join(directory, "../..", "disk.img")];
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await mkdir(place);
  await writeFile(image, "");
  await truncate(image, diskBytes);
  expect(await run(["mkfs.ext4", "-q", "-F", "-m", "0", image])).toMatchObject({ code: 0 });
  const mounted = 'mount -o loop "$0" "$1" && shift && exec "$@"';
  return ["unshare", "--mount", "--propagation", "private", "sh", "-c", mounted, image, place];
}

/** What goes wrong in a cluster: told where people look, over when its cause is, and nothing is lost by it. */
describeAsRoot("a control plane in trouble", () => {
  let machine: TestMachine;

  beforeAll(async () => {
    machine = await bootClusterWithin(withDisk, "--provisioner", "container", "--wait-timeout", "10m");
  }, minutes(12));

  afterAll(() => machine?.[Symbol.asyncDispose](), minutes(5));

  const patch = (change: object) => machine.ask("patch", "machineconfig", "--patch", JSON.stringify(change));
  const untilConsoleSays = (wanted: RegExp) =>
    eventually(
      () => readFile(machine.consolePath, "utf8"),
      (text) => wanted.test(text),
      patience,
    );
  /** Both ways to look: the machine's, and this computer's. */
  const untilHealthSays = async (...wanted: readonly RegExp[]) => {
    for (const way of ["--server", "--server=false"])
      for (const each of wanted) await untilTheirHealthSays(machine, each, way);
  };
  const untilHealthy = async () => {
    for (const way of ["--server", "--server=false"]) {
      expect(await machine.talosctl("health", way, "--wait-timeout", "8m")).toMatchObject({ code: 0 });
    }
    await eventually(
      () => machine.ask("get", "diagnostics"),
      (shown) => !shown.includes("Diagnostic"),
      patience,
    );
  };

  test(
    "manifests that are broken are told by name and reason, hold up no other, and are applied once they are right",
    async () => {
      let isThere = false;
      await using server = Bun.serve({
        ...{ port: 0, hostname: "0.0.0.0" },
        fetch: () => (isThere ? new Response(manifest("fetched")) : new Response("", { status: 404 })),
      });
      const url = `http://${machine.nodes[0]?.address.replace(/\d+$/, "1")}:${server.port}/manifest.yaml`;
      const inline = (first: string, second: string) => [
        { name: "a-good", contents: manifest("good") },
        { name: "b-no-yaml", contents: first },
        { name: "c-refused", contents: second },
        { name: "d-good", contents: manifest("also-good") },
      ];
      await patch({
        cluster: {
          extraManifests: [url],
          inlineManifests: inline(`kind: ConfigMap\nmetadata: {name: [\n`, manifest("No_Name")),
        },
      });
      const whys = [
        /manifest 99-b-no-yaml is not applied\W+Cannot read manifest b-no-yaml: line \d/,
        /manifest 99-c-refused is not applied\W+Cannot apply v1 ConfigMap default\/No_Name .*Invalid value: "No_Name"/,
        new RegExp(`manifest 99-${url} is not applied\\W+Cannot fetch manifest ${url}: HTTP status 404`),
      ];
      for (const why of whys) await untilConsoleSays(why);
      await untilConfigMaps("good", "also-good");
      await untilHealthSays(...whys);
      await eventually(
        () => machine.ask("get", "manifeststatus", "manifests", "-o", "yaml"),
        (status) => Bun.deepEquals(status.match(/99-\S+/g), ["99-a-good", "99-d-good"]),
        patience,
      );

      isThere = true;
      await patch([
        { op: "replace", path: "/cluster/inlineManifests/1/contents", value: manifest("first") },
        { op: "replace", path: "/cluster/inlineManifests/2/contents", value: manifest("second") },
      ]);
      await untilConfigMaps("good", "also-good", "first", "second", "fetched");
      await untilHealthy();
    },
    minutes(25),
  );

  const manifest = (name: string) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: default}\ndata: {value: a}\n`;
  const untilConfigMaps = (...names: readonly string[]) =>
    eventually(
      async () => (await machine.kubectl("get", "configmaps", "-o", "name")).split("\n"),
      (found) => names.every((name) => found.includes(`configmap/${name}`)),
      patience,
    );

  test(
    "a full disk is told as the reason of all that fails, and once there is space nothing is missing",
    async () => {
      const kubeconfig = await readFile(join(machine.directory, "kubeconfig"), "utf8");
      using client = new KubeClient(accessOf(kubeconfig), { timeoutMs: 10_000 });
      const writer = startWriter({
        write: (name, value) =>
          client.create(configMaps, { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { value } }),
      });
      try {
        await fillUp(writer);
      } finally {
        await writer.stop();
      }
      await untilHealthy();
      const read = async (name: string) => (await client.find<ConfigMap>(`${configMaps}/${name}`))?.data.value;
      expect(await writer.missing(read)).toEqual([]);
      expect(writer.acknowledged.size).toBeGreaterThan(0);
    },
    minutes(30),
  );

  /** Takes all the space, until etcd has none to write to, and gives it back. */
  async function fillUp(writer: AcknowledgedWriter): Promise<void> {
    await writer.next();
    const place = `/proc/${machine.pid}/root/var`;
    const fillers = ["filler", "rest"].map((name) => join(place, name));
    const { bavail, bsize } = await statfs(place);
    // At once, but for what the machine itself may write meanwhile; then the rest.
    const bytes = bavail * bsize - 64 * mebibyte;
    expect(await run(["fallocate", "--length", String(bytes), `${fillers[0]}`])).toMatchObject({ code: 0 });
    expect((await run(["dd", "if=/dev/zero", `of=${fillers[1]}`, "bs=4k"])).stderr).toContain("No space left");
    await eventually(
      () => machine.ask("service", "etcd"),
      (shown) => !/STATE +Running/.test(shown),
      patience,
    );
    await untilConsoleSays(/the disk is full: \/var; \d+ MiB are left/);
    await untilHealthSays(/the disk is full: \/var \(\d+ MiB are left\)/);
    expect(await machine.ask("get", "diagnostic", "disk-full", "-o", "yaml")).toContain("talosctl usage /var");
    await Promise.all(fillers.map((filler) => rm(filler)));
    await writer.next();
  }
});
