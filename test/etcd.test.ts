import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseSecrets } from "../src/config/generate/secrets.ts";
import { signCertificate } from "../src/pki/index.ts";
import type { Client } from "../src/talosctl/client/client.ts";
import { identify } from "../src/talosctl/cluster/host-process.ts";
import { openApi, servicesOf } from "./machine/api.ts";
import { bootMachine, type TestMachine } from "./machine/machine.ts";
import { eventually } from "./support/eventually.ts";

const describeAsRoot = describe.if(process.getuid?.() === 0 && process.platform === "linux");
const minutes = (count: number) => count * 60_000;

/** The clients that must understand the machine: ours, and the one that others use, where there is one. */
const publicTalosctl = process.env.TALOSCTL_PUBLIC;

/** etcd from its first bootstrap to its recovery, on this host's kernel. */
describeAsRoot("etcd", () => {
  const flags = ["--provisioner", "container", "--wait-timeout", "8m"];
  let machine: TestMachine;
  let api: Client;
  let snapshot: string;

  beforeAll(async () => {
    machine = await bootMachine(...flags, "--skip-bootstrap");
    api = await openApi(join(machine.directory, "talosconfig"));
    snapshot = join(machine.directory, "etcd.snapshot");
  }, minutes(10));

  afterAll(async () => {
    api?.[Symbol.dispose]();
    await machine?.[Symbol.asyncDispose]();
  }, minutes(5));

  const etcdService = async () => (await servicesOf(api)).get("etcd");
  const untilHealthy = () => eventually(etcdService, (etcd) => etcd?.healthy === true, { intervalMs: 50 });
  const untilWaiting = () =>
    eventually(etcdService, (etcd) => etcd?.history.at(-1)?.includes("bootstrap call") ?? false, { intervalMs: 50 });
  const create = (...more: string[]) =>
    machine.cluster("create", "--output-directory", join(machine.directory, "../.."), ...flags, ...more);

  /** As power does: from one moment to the next. The machine's pid is another one after each start. */
  async function kill(): Promise<void> {
    const state: { nodes: { process: { pid: number } }[] } = await Bun.file(
      join(machine.directory, "state.json"),
    ).json();
    const pid = state.nodes[0]?.process.pid ?? -1;
    process.kill(pid, "SIGKILL");
    await eventually(
      () => identify(pid),
      (found) => found === undefined,
      { intervalMs: 20 },
    );
  }

  test(
    "waits for the bootstrap call, and says what to type",
    async () => {
      expect(machine.created.stdout).toContain("talosctl bootstrap\n");
      const { state } = (await untilWaiting()) ?? {};
      expect(state).toBe("Preparing");
      expect(await readFile(machine.consolePath, "utf8")).toContain(`talosctl bootstrap --nodes ${machine.apiHost}`);
      const { code, stderr } = await machine.talosctl("etcd", "members");
      expect(code).not.toBe(0);
      expect(stderr).toContain("connection refused");
    },
    minutes(5),
  );

  test(
    "begins with the call, once",
    async () => {
      await machine.ask("bootstrap");
      await untilHealthy();
      const { code, stderr } = await machine.talosctl("bootstrap");
      expect(code).not.toBe(0);
      expect(stderr).toContain("etcd data directory is not empty");
    },
    minutes(5),
  );

  test(
    "tells of its member, as table, status and resource",
    async () => {
      const member = /memberID: ([0-9a-f]{16})/;
      const shown = await eventually(
        () => machine.ask("get", "etcdmember", "local", "-o", "yaml"),
        (text) => member.test(text),
      );
      const [, id] = member.exec(shown) ?? [];
      expect(await machine.ask("etcd", "members")).toContain(`${id}   `);
      expect(await machine.ask("etcd", "status")).toMatch(new RegExp(`${id} .* ${id} `));
      expect(await machine.ask("etcd", "alarm", "list")).toBe("");
      await machine.ask("etcd", "defrag");
      for (const [args, refusal] of [
        [["forfeit-leadership"], "only one member"],
        [["remove-member", "123"], "member not found"],
        [["leave"], "not enough started members"],
      ] as const) {
        expect((await machine.talosctl("etcd", ...args)).stderr).toContain(refusal);
      }
    },
    minutes(5),
  );

  test.if(publicTalosctl !== undefined)(
    "looks the same to the client that others use",
    async () => {
      const argv = [publicTalosctl ?? "", "--talosconfig", join(machine.directory, "talosconfig")];
      for (const verb of ["members", "status"]) {
        // Between two questions etcd may agree with itself on something, which counts.
        await eventually(
          async () => [await Bun.$`${[...argv, "etcd", verb]}`.text(), await machine.ask("etcd", verb)],
          ([theirs, ours]) => theirs === ours && ours !== "",
        );
      }
    },
    minutes(5),
  );

  test(
    "goes on by itself after a cut of power, with what it has acknowledged",
    async () => {
      const keys = await openKeys(machine);
      await keys.put("written", "before the cut");
      await kill();
      // Nobody bootstraps it again: it would wait for ever if it had to be.
      expect(await create("--skip-bootstrap")).toMatchObject({ code: 0 });
      await untilHealthy();
      expect(await keys.get("written")).toBe("before the cut");
    },
    minutes(12),
  );

  test(
    "gives a snapshot, of which a machine without data makes a cluster",
    async () => {
      const keys = await openKeys(machine);
      await keys.put("kept", "in the snapshot");
      expect(await machine.ask("etcd", "snapshot", snapshot)).toContain("etcd snapshot saved to");
      await keys.put("kept", "later");
      await kill();
      await rm(join(machine.directory, `${machine.name}.var/lib/etcd`), { recursive: true });
      expect(await create("--skip-bootstrap")).toMatchObject({ code: 0 });
      await untilWaiting();
      const damaged = join(machine.directory, "etcd.damaged");
      const bytes = await readFile(snapshot);
      bytes.writeUInt8(bytes.readUInt8(5_000) ^ 1, 5_000);
      await writeFile(damaged, bytes);
      const refused = await machine.talosctl("bootstrap", "--recover-from", damaged);
      expect(refused.code).not.toBe(0);
      expect(refused.stderr).toContain("its hash does not fit");
      await machine.ask("bootstrap", "--recover-from", snapshot);
      await untilHealthy();
      expect(await keys.get("kept")).toBe("in the snapshot");
    },
    minutes(12),
  );
});

/** Keys of the machine's etcd, over its JSON gateway, with a certificate of the cluster's authority. */
async function openKeys(machine: TestMachine) {
  const secrets = parseSecrets(await readFile(join(machine.directory, "secrets.yaml"), "utf8"));
  const { certificate, key } = await signCertificate(secrets.etcd, {
    commonName: "test",
    usages: ["clientAuth"],
    validForMs: minutes(10),
  });
  const tls = { ca: secrets.etcd.certificate, cert: certificate, key };
  const call = async (verb: string, body: object): Promise<{ kvs?: { value: string }[] }> => {
    const url = `https://${machine.apiHost}:2379/v3/kv/${verb}`;
    const response = await fetch(url, {
      method: "POST",
      body: JSON.stringify(body),
      tls,
      keepalive: false,
      signal: AbortSignal.timeout(20_000),
    });
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as { kvs?: { value: string }[] };
  };
  /** A server that has just begun may not answer yet. Twice the same has the same effect. */
  const insist = (verb: string, body: object) =>
    eventually(
      () => call(verb, body),
      () => true,
      { intervalMs: 50 },
    );
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  return {
    put: (name: string, value: string) => insist("put", { key: base64(name), value: base64(value) }),
    get: async (name: string) => {
      const { kvs = [] } = await insist("range", { key: base64(name) });
      return Buffer.from(kvs[0]?.value ?? "", "base64").toString();
    },
  };
}
