import { afterAll, expect, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answers } from "./testing/answers.ts";
import { runTalosctl, serveTestMachine } from "./testing/machine.ts";

const one = await serveTestMachine({ services: answers });
const reader = await serveTestMachine({ services: answers, roles: ["os:reader"] });
afterAll(async () => {
  await one[Symbol.asyncDispose]();
  await reader[Symbol.asyncDispose]();
});

test("version shows both sides", async () => {
  const { out, status } = await one.run("version");
  expect(status).toBe(0);
  expect(out).toContain("Client:\n\tTag:         v1.12.8\n");
  expect(out).toContain("Server:\n\tNODE:        10.0.2.15\n\tTag:         v1.12.8\n\tSHA:         machined-0.1.0\n");
  expect(out).toEndWith("\tOS/Arch:     linux/amd64\n\tEnabled:     RBAC\n");
});

test("versions of machines can be had as JSON", async () => {
  const { out } = await one.run("version", "--json", "-n", "a,b");
  const [first, second] = out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(first).toMatchObject({
    metadata: { hostname: "a" },
    version: { goVersion: "bun1.4.5" },
    features: { rbac: true },
  });
  expect(second).toMatchObject({ metadata: { hostname: "b" } });
});

test.each([
  [
    ["memory"],
    "NODE        TOTAL   USED   FREE   SHARED   BUFFERS   CACHE   AVAILABLE\n10.0.2.15   2000    498    1000   1        2         500     1464\n",
  ],
  [
    ["containers", "-k"],
    "NODE        NAMESPACE   ID                           IMAGE        PID   STATUS\n10.0.2.15   k8s.io      kube-system/pause            pause:3.10   42    SANDBOX_READY\n10.0.2.15   k8s.io      └─ kube-system/pause:pause   pause:3.10   43    CONTAINER_RUNNING\n",
  ],
  [["stats"], "NODE        NAMESPACE   ID     MEMORY(MB)   CPU\n10.0.2.15   system      etcd   123.46       42\n"],
  [
    ["mounts"],
    "NODE        FILESYSTEM   SIZE(GB)   USED(GB)   AVAILABLE(GB)   PERCENT USED   MOUNTED ON\n10.0.2.15   /dev/vda6    10.00      2.50       7.50            25.00%         /var\n",
  ],
  [
    ["processes", "-s", "cpu"],
    "NODE       PID  STATE  THREADS  CPU-TIME  VIRTMEM  RESMEM  LABEL  COMMAND\n10.0.2.15  2    I      1        9.00      0 B      0 B            kthreadd\n10.0.2.15  1    S      5        1.50      82 MB    26 MB          /sbin/init -x\n",
  ],
  [["usage", "-H", "/var"], "NODE        SIZE     NAME\n10.0.2.15   1.2 MB   var\n"],
  [
    ["events"],
    "NODE        ID    EVENT                ACTOR   SOURCE   MESSAGE\n10.0.2.15   cq1   machine.PhaseEvent   a-1     drain    STOP\n",
  ],
  [["service", "kubelet", "restart"], 'NODE        RESPONSE\n10.0.2.15   Service "kubelet" restarted\n'],
  [["logs", "kubelet"], "10.0.2.15: first line\n10.0.2.15: second line\n"],
  [["read", "/etc/os-release"], "content of /etc/os-release\n"],
  [
    ["get", "addresses"],
    "NODE        NAMESPACE   TYPE            ID                  VERSION   ADDRESS        LINK\n10.0.2.15   network     AddressStatus   eth0/10.0.2.15/24   2         10.0.2.15/24   eth0\n",
  ],
  [["get", "as", "x", "-o", "jsonpath={.metadata.labels.node}{.spec.linkName}"], "10.0.2.15\neth0\n"],
] as const)("%p prints its table", async (argv, text) => {
  expect(await one.run(...argv)).toEqual({ status: 0, out: text, error: "" });
});

test("services show states, health and how long ago", async () => {
  const { out } = await one.run("services");
  expect(out).toMatch(/^NODE +SERVICE +STATE +HEALTH +LAST CHANGE +LAST EVENT\n/);
  expect(out).toMatch(/10\.0\.2\.15 +kubelet +Running +OK +\d+h\d+m\d+s ago +Health check successful\n/);
  expect(out).toMatch(/10\.0\.2\.15 +udevd +Starting +\? +\d+h\d+m\d+s ago +Starting\n/);
  expect((await one.run("service", "kubelet")).out).toMatch(
    /EVENTS +\[Running\]: Health check successful .*\n +\[Waiting\]/,
  );
  expect((await one.run("service", "etcd")).error).toBe(
    'Cannot show service "etcd": no node has it\nThere are kubelet, udevd\n',
  );
});

test("a listing shows modes and links, and names what it could not read", async () => {
  const { out, error, status } = await one.run("list", "-l", "/etc");
  expect(out).toMatch(/10\.0\.2\.15 +drwxr-xr-x +0 +0 +4096 +Nov 14 2023 22:13 +\.\n/);
  expect(out).toMatch(/ Lrwxrwxrwx .* mtab -> \/proc\/mounts\n/);
  expect(error).toBe('10.0.2.15: Cannot list "/etc/secret": permission denied\n');
  expect(status).toBe(1);
});

test("yaml and json show the resource whole", async () => {
  expect((await one.run("get", "addresses", "-o", "yaml")).out).toBe(`node: 10.0.2.15
metadata:
    namespace: network
    type: AddressStatuses.net.talos.dev
    id: eth0/10.0.2.15/24
    version: 2
    owner: network.AddressStatusController
    phase: running
    created: 2026-01-02T03:04:05Z
    updated: 2026-01-02T03:04:06Z
    labels:
        node: 10.0.2.15
spec:
    address: 10.0.2.15/24
    linkName: eth0
`);
  const json: unknown = JSON.parse((await one.run("get", "addresses", "-o", "json")).out);
  expect(json).toMatchObject({ node: "10.0.2.15", spec: { linkName: "eth0" } });
});

test("a watch marks what comes and goes", async () => {
  const { out } = await one.run("get", "addresses", "-w");
  expect(out.split("\n").map((line) => line.slice(0, 13))).toEqual([
    "NODE        *",
    "10.0.2.15   +",
    "10.0.2.15    ",
    "10.0.2.15   -",
    "",
  ]);
});

test("several nodes share a table; a broken one is told apart and fails the command", async () => {
  const { out, error, status } = await one.run("memory", "-n", "10.0.0.1,broken,10.0.0.3");
  expect(out.split("\n").map((line) => line.split(" ")[0])).toEqual(["NODE", "10.0.0.1", "10.0.0.3", ""]);
  expect(error).toBe("broken: connection refused\n");
  expect(status).toBe(1);
});

test("lines of several nodes say whose they are", async () => {
  const { out } = await one.run("logs", "kubelet", "-n", "a,b");
  expect(out).toBe("a: first line\na: second line\nb: first line\nb: second line\n");
});

test("resources are asked for node by node", async () => {
  const { out } = await one.run("get", "addresses", "-n", "a,b", "-o", "jsonpath={.node}{.metadata.labels.node}");
  expect(out).toBe("a\na\nb\nb\n");
});

test("a graph of controllers can be drawn", async () => {
  const { out } = await one.run("inspect", "dependencies", "network.NodeAddressController");
  expect(out).toContain('"network/AddressStatuses.net.talos.dev" -> "network.NodeAddressController" [style=dotted];');
  expect(out).not.toContain("AddressStatusController");
});

test.each([
  [["get", "addresses", "-o", "jsonpath={.spec.adress}"], "Cannot find {.spec.adress}: no resource has it\nTo see"],
  [["inspect", "dependencies", "network.NodeAdressController"], 'Did you mean "network.NodeAddressController"?\n'],
  [["logs", "nothing"], 'Cannot read the log of "nothing": there is none\n'],
  [
    ["get", "addreses"],
    'Cannot get "addreses": there is no such resource type\nDid you mean "address"? To see all types: talosctl get rd\n',
  ],
  [["get", "addresses", "none"], "10.0.2.15: resource AddressStatuses.net.talos.dev(network/none) doesn't exist\n"],
  [
    ["get", "addresses", "-o", "yml"],
    'Cannot print as "yml": expected table, yaml, json or jsonpath=…\nDid you mean "yaml"?\n',
  ],
  [["read", "/x", "-n", "a,b"], "Cannot read on 2 nodes at once: it works on one\nChoose one of a, b with -n\n"],
  [["service", "x", "explode"], "Cannot explode a service: expected start, stop, restart or status\n"],
  [["memory", "--context", "no"], "has none of that name\nIt has test\n"],
  [["memory", "-e", "127.0.0.1:1"], "Cannot reach 127.0.0.1:1: connection refused\n"],
] as const)("%p fails with what is the case", async (argv, text) => {
  const { status, out, error } = await one.run(...argv);
  expect(status).toBe(1);
  expect(out).toBe("");
  expect(error).toContain(text);
});

test("a missing role is named", async () => {
  const { error, status } = await reader.run("service", "kubelet", "stop");
  expect(error).toBe(
    "Cannot call ServiceStop: your certificate has the role os:reader, and this needs os:admin or os:operator\n",
  );
  expect(status).toBe(1);
});

test("a copy is unpacked into an empty directory, and refused a full one", async () => {
  const directory = await mkdtemp(join(tmpdir(), "talosctl-copy-"));
  try {
    const target = join(directory, "new");
    expect(await one.run("copy", "/etc", target)).toEqual({ status: 0, out: "", error: "" });
    expect(await readFile(join(target, "hello"), "utf8")).toBe("world");
    expect((await one.run("copy", "/etc", target)).error).toContain("it is not empty");
  } finally {
    await rm(directory, { recursive: true });
  }
});

test("completion asks the machine", async () => {
  const complete = async (...words: readonly string[]) =>
    (await runTalosctl(["__complete", "--talosconfig", one.talosconfig, ...words])).out;
  expect(await complete("service", "k")).toBe("kubelet\n");
  expect(await complete("get", "addr")).toContain("addresses\n");
  expect(await complete("config", "context", "")).toBe("test\n");
  expect(await complete("get", "addresses", "eth")).toBe("eth0/10.0.2.15/24\n");
  expect(await complete("get", "addresses", "-o", "")).toBe("json\njsonpath=\ntable\nyaml\n");
  expect(await complete("read", "/etc/m")).toBe("/etc/mtab\n");
  expect(await complete("list", "/e")).toBe("");
  expect(await complete("inspect", "dependencies", "network.N")).toBe("network.NodeAddressController\n");
  expect(await complete("memory", "-n", "a,10.0")).toBe("a,10.0.2.15\n");
  expect(await complete("-n", "")).toBe(`10.0.2.15\n${one.endpoint}\n`);
  expect(await complete("memory", "--context", "t")).toBe("test\n");
});

test("an endpoint that is down is passed over", async () => {
  expect((await one.run("memory", "-e", `127.0.0.1:1,${one.endpoint}`)).status).toBe(0);
});

test("without nodes it is said how to name them", async () => {
  const bare = await serveTestMachine({ services: answers, nodes: [] });
  await using _ = bare;
  expect((await bare.run("memory")).error).toContain("no nodes are set\nName them with --nodes");
});

test("a client configuration goes through its life", async () => {
  const directory = await mkdtemp(join(tmpdir(), "talosctl-config-"));
  const file = join(directory, "config");
  const run = (...argv: readonly string[]) => runTalosctl([...argv, "--talosconfig", file]);
  try {
    expect((await run("config", "merge", one.talosconfig)).error).toBe("");
    expect((await run("config", "merge", reader.talosconfig)).error).toBe(
      'renamed talosconfig context "test" -> "test-1"\n',
    );
    expect((await run("config", "info")).out).toMatch(
      /Current context: +test-1\n[\s\S]*Roles: +os:reader\n[\s\S]*Certificate expires: 1 year from now/,
    );
    await run("config", "endpoint", "10.0.0.1", "10.0.0.2");
    await run("config", "node");
    expect((await run("config", "contexts")).out).toContain("*         test-1   10.0.0.1,10.0.0.2   \n");
    expect((await run("config", "remove", "test*", "-y")).error).toContain('"test-1" is the current context and stays');
    await run("config", "context", "test");
    expect((await run("config", "context", "test")).status).toBe(1);
    await run("config", "add", "mine", "--ca", "/no/such/file");
    expect(await readFile(file, "utf8")).toStartWith("context: test-1\n");
  } finally {
    await rm(directory, { recursive: true });
  }
});

test("configs are made, checked and not overwritten", async () => {
  const directory = await mkdtemp(join(tmpdir(), "talosctl-gen-"));
  try {
    const gen = ["gen", "config", "demo", "https://10.0.0.1:6443", "-o", directory];
    expect((await runTalosctl([...gen, "--config-patch", "machine: {sysctls: {a: b}}"])).status).toBe(0);
    for (const name of ["controlplane.yaml", "worker.yaml"]) {
      const file = join(directory, name);
      expect(await readFile(file, "utf8")).toContain("sysctls:\n        a: b\n");
      expect((await runTalosctl(["validate", "-m", "metal", "-c", file])).out).toBe(
        `${file} is valid for metal mode\n`,
      );
    }
    expect((await runTalosctl(gen)).error).toContain("it exists\nTo replace it, add --force");
    expect((await runTalosctl([...gen, "--output-dir", directory])).error).toContain("Cannot use --output and");
    const secrets = join(directory, "s.yaml");
    await runTalosctl([
      "gen",
      "secrets",
      "-o",
      secrets,
      "--from-controlplane-config",
      join(directory, "controlplane.yaml"),
    ]);
    const again = await runTalosctl([
      ...gen.slice(0, 4),
      "-o",
      "-",
      "-t",
      "worker",
      "--with-secrets",
      secrets,
      "--with-docs=false",
    ]);
    expect(again.out).toContain("type: worker\n");
    expect(again.out).toContain(/token: .*/.exec(await readFile(join(directory, "worker.yaml"), "utf8"))?.[0] ?? "?");
  } finally {
    await rm(directory, { recursive: true });
  }
}, 20_000);
