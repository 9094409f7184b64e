import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdir, readFile, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { toBase64 } from "../src/bytes/base64.ts";
import { parseSecrets } from "../src/config/generate/secrets.ts";
import { identify } from "../src/talosctl/cluster/host-process.ts";
import { linkName } from "../src/talosctl/cluster/network/bridge.ts";
import { bootMachine, type Finished, run, type TestMachine } from "./machine/machine.ts";
import { prepareStage } from "./machine/stage.ts";
import { eventually } from "./support/eventually.ts";

const describeAsRoot = describe.if(process.getuid?.() === 0 && process.platform === "linux");
const minutes = (count: number) => count * 60_000;
const publicTalosctl = process.env.TALOSCTL_PUBLIC;
const hostLinks = async (): Promise<readonly string[]> =>
  (await run(["ip", "-brief", "link"])).stdout.match(/^talos\w+/gm) ?? [];

/** Two machines of one cluster: what a control plane does for the clients of others. The order matters. */
describeAsRoot("a control plane and a worker", () => {
  const flags = ["--provisioner", "container", "--workers", "1", "--wait-timeout", "8m"];
  let cluster: TestMachine;
  let [controlPlane, worker, nobody] = ["", "", ""];
  /** The clients that must agree: ours, and the one that others use, where there is one. */
  let clients: readonly ((...args: string[]) => Promise<Finished>)[];

  beforeAll(async () => {
    cluster = await bootMachine(...flags);
    [controlPlane = "", worker = ""] = cluster.nodes.map(({ address }) => address);
    nobody = worker.replace(/\d+$/, "200");
    const talosconfig = join(cluster.directory, "talosconfig");
    const others = publicTalosctl === undefined ? [] : [publicTalosctl];
    clients = [
      cluster.talosctl,
      ...others.map(
        (path) =>
          (...args: string[]) =>
            run([path, "--talosconfig", talosconfig, ...args]),
      ),
    ];
  }, minutes(10));

  afterAll(() => cluster?.[Symbol.asyncDispose](), minutes(5));

  test("are named after their cluster and their role, on one network", async () => {
    const [first, second] = cluster.nodes;
    expect(first?.name).toEndWith("-controlplane-1");
    expect(second?.name).toEndWith("-worker-1");
    expect(worker).toBe(controlPlane.replace(/2$/, "3"));
    const { stdout } = await cluster.cluster("show");
    for (const { name, address } of cluster.nodes)
      expect(stdout).toMatch(new RegExp(`${name} +running +${address}:50000`));
    expect(stdout).toContain(`is at https://${controlPlane}:6443, its machines are in `);
    const hostnames = await cluster.ask("get", "hostname", "-o", "jsonpath={.spec.hostname}");
    expect(hostnames.trim().split("\n")).toEqual(cluster.nodes.map(({ name }) => name));
  });

  test("have the config of their role: a worker holds no key that signs", async () => {
    const own = await cluster.ask("-n", worker, "read", "/system/state/config.yaml");
    expect(own).toContain("type: worker");
    const file = (name: string) => readFile(join(cluster.directory, name), "utf8");
    const secrets = parseSecrets(await file("secrets.yaml"));
    for (const { key } of [secrets.os, secrets.kubernetes, secrets.etcd, secrets.aggregator]) {
      expect(await file("controlplane.yaml")).toContain(toBase64(key));
      expect(own).not.toContain(toBase64(key));
    }
    const { code, stderr } = await cluster.talosctl("-e", worker, "-n", controlPlane, "version");
    expect(code).not.toBe(0);
    expect(stderr).toContain("no request forwarding");
  });

  test("answer together, and one for the other", async () => {
    for (const client of clients) {
      const both = await client("-n", `${controlPlane},${worker}`, "services");
      expect(both.code).toBe(0);
      for (const address of [controlPlane, worker])
        expect(both.stdout).toMatch(new RegExp(`^${address} +apid +Running`, "m"));
      const forwarded = await client("-e", controlPlane, "-n", worker, "get", "hostname");
      expect(forwarded).toMatchObject({ code: 0 });
      expect(forwarded.stdout).toContain(`${worker} `);
    }
  });

  test(
    "a machine that is not there is an error of its own, whichever comes first",
    async () => {
      const nodes = `${nobody},${worker}`;
      for (const client of clients) {
        const { stdout, stderr } = await client("-n", nodes, "services");
        expect(stdout).toMatch(new RegExp(`^${worker} +apid +Running`, "m"));
        expect(`${stdout}${stderr}`).toContain(`${nobody}: `);
      }
      const ours = await cluster.talosctl("-n", nodes, "get", "hostname");
      expect(ours.code).toBe(1);
      expect(ours.stdout).toContain("-worker-1");
      expect(ours.stderr).toContain(`${nobody}: Cannot reach ${nobody}:50000`);
    },
    minutes(5),
  );

  test(
    "a machine that has died is an error too, and comes back with the next create",
    async () => {
      const before = cluster.nodes[1]?.process.pid ?? -1;
      process.kill(before, "SIGKILL");
      await eventually(
        () => identify(before),
        (found) => found === undefined,
        { intervalMs: 20 },
      );
      const { code, stdout, stderr } = await cluster.talosctl("version");
      expect(code).toBe(1);
      expect(stdout).toContain(`NODE:        ${controlPlane}`);
      expect(stderr).toContain(`${worker}: `);
      expect((await cluster.cluster("show")).stdout).toMatch(/-worker-1 +stopped/);

      const again = await cluster.cluster("create", "--output-directory", join(cluster.directory, "../.."), ...flags);
      expect(again).toMatchObject({ code: 0 });
      expect(again.stderr).not.toContain("Starting test-controlplane");
      expect(await cluster.ask("-n", worker, "get", "hostname")).toContain("-worker-1");
      expect(await identify(cluster.nodes[0]?.process.pid ?? -1)).toBeDefined();
    },
    minutes(12),
  );

  test(
    "leave nothing on the host",
    async () => {
      // Another cluster may have the network from one moment to the next, but not the name.
      const bridge = linkName(basename(cluster.directory));
      expect(await hostLinks()).toContain(bridge);
      expect(await cluster.cluster("destroy")).toMatchObject({ code: 0 });
      const namespaces = await run(["ip", "netns", "list"]);
      const links = await hostLinks();
      for (const { name } of cluster.nodes) expect(namespaces.stdout).not.toContain(name);
      expect(links).not.toContain(bridge);
    },
    minutes(4),
  );
});

describeAsRoot("a create that fails half-way", () => {
  test(
    "tells why, and leaves what destroy takes away",
    async () => {
      await using stage = await prepareStage();
      // The network and the server come first; the machine itself cannot start without this.
      for (const name of await readdir(stage.output))
        if (name.startsWith("rootfs-")) await rm(join(stage.output, name));
      const name = `broken-${process.pid}`;
      const cluster = (verb: string, ...args: string[]) =>
        run([
          ...[join(stage.output, "talosctl"), "cluster", verb, "--name", name],
          ...["--state", stage.clusters, ...args],
        ]);
      const { code, stderr } = await cluster(
        "create",
        ...["--output-directory", stage.output, "--provisioner", "container", "--workers", "1"],
      );
      expect(code).toBe(1);
      expect(stderr).toContain("Cannot find");
      // Of the host's links, those that are named after this cluster: it may run others.
      const own = [name, `${name}-controlplane-1`, `${name}-worker-1`].map(linkName);
      const made = async () => (await hostLinks()).filter((link) => own.includes(link));
      expect(await made()).not.toEqual([]);
      expect(await cluster("destroy")).toMatchObject({ code: 0 });
      expect(await made()).toEqual([]);
      expect(await readdir(stage.clusters)).toEqual([]);
    },
    minutes(4),
  );
});
