import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { openDevice } from "../src/block/device.ts";
import { decodeTable } from "../src/block/gpt/decode.ts";
import { connect } from "../src/grpc/client/connect.ts";
import { Code } from "../src/grpc/status.ts";
import { methods } from "../src/proto/methods.ts";
import { credentialsOf } from "../src/talosconfig/certificate.ts";
import { readTalosconfig } from "../src/talosconfig/file.ts";
import type { Client } from "../src/talosctl/client/client.ts";
import { identify } from "../src/talosctl/cluster/host-process.ts";
import { monitorCommand } from "../src/talosctl/cluster/qemu/monitor.ts";
import { listNames, openApi, readText, type Service, servicesOf } from "./machine/api.ts";
import { bootMachine, run, type TestMachine } from "./machine/machine.ts";
import { probe, proberFlags } from "./machine/prober.ts";
import { eventually } from "./support/eventually.ts";
import { freePorts } from "./support/free-ports.ts";

/** One machine in QEMU, booted by the command that people use, and shared by all that follows; the order matters. */
let machine: TestMachine;
let api: Client;
let nodeId: string;
let proberPort: number;

const bootTimeoutMs = 1_320_000;
const minutes = (count: number) => count * 60_000;
const everyService = ["apid", "containerd", "etcd", "kubelet", "trustd", "udevd"];

beforeAll(async () => {
  [proberPort = 0] = freePorts(1);
  machine = await bootMachine(...proberFlags(proberPort));
  api = await openApi(join(machine.directory, "talosconfig"));
}, bootTimeoutMs);

afterAll(async () => {
  api?.[Symbol.dispose]();
  await machine?.[Symbol.asyncDispose]();
}, minutes(5));

describe("cluster create", () => {
  test("says where things are and what to type next", () => {
    const { stdout, stderr } = machine.created;
    for (const part of ["talosconfig", "console log", "binary", "Next, type:", "talosctl services"]) {
      expect(stdout).toContain(part);
    }
    expect(stderr).toMatch(/Waiting for the services of \S+-controlplane-1/);
  });

  test("is a no-op on a running cluster, with the same summary", async () => {
    const again = await machine.cluster("create", "--output-directory", join(machine.directory, "../.."));
    expect(again.code).toBe(0);
    expect(again.stdout).toBe(machine.created.stdout);
    expect((await identify(machine.pid))?.pid).toBe(machine.pid);
  });

  test("leaves secrets to their owner alone, and none in the process list", async () => {
    for (const name of ["talosconfig", "controlplane.yaml", "secrets.yaml", "state.json"]) {
      expect((await Bun.file(join(machine.directory, name)).stat()).mode & 0o077).toBe(0);
    }
    const { token } = JSON.parse(await readFile(join(machine.directory, "state.json"), "utf8")).server;
    expect(await readFile(`/proc/${machine.pid}/cmdline`, "utf8")).not.toContain(token);
  });

  test("show lists the machine", async () => {
    const { stdout } = await machine.cluster("show");
    expect(stdout).toMatch(/-controlplane-1 +running +127\.0\.0\.1:\d+ +10\.0\.2\.15/);
  });
});

describe("the disk", () => {
  test("has META, STATE and EPHEMERAL, and what they hold is mounted", async () => {
    using disk = openDevice(join(machine.directory, `disk-${machine.name}.raw`));
    const sectors = disk.sizeBytes / disk.sectorBytes;
    const table = decodeTable((offset, length) => disk.readAt(offset, length), { ...disk, sectors });
    expect(table?.partitions.map(({ name }) => name)).toEqual(["META", "STATE", "EPHEMERAL"]);
    const mounts = await machine.ask("get", "mounts");
    expect(mounts).toMatch(/STATE +\d+ +\/dev\/vda2 +\/system\/state +xfs/);
    expect(mounts).toMatch(/EPHEMERAL +\d+ +\/dev\/vda3 +\/var +xfs/);
    nodeId = /nodeId: (\S+)/.exec(await readText(api, "/system/state/node-identity.yaml"))?.[1] ?? "none";
    expect(await readText(api, "/system/state/config.yaml")).toContain("machine:");
  });
});

describe("services", () => {
  test(
    "all run and are healthy",
    async () => {
      const services = await eventually(
        () => servicesOf(api),
        (services) => everyService.every((id) => services.get(id)?.state === "Running" && services.get(id)?.healthy),
        { timeoutMs: minutes(8) },
      );
      expect([...services.keys()]).toEqual(expect.arrayContaining(everyService));
      await eventually(
        () => machine.ask("services"),
        (table) => everyService.every((id) => new RegExp(`${id} +Running +OK`).test(table)),
      );
    },
    minutes(10),
  );

  test(
    "the kubelet runs a static pod",
    async () => {
      const containers = await eventually(
        () => machine.ask("containers", "--kubernetes"),
        (text) => /:prober:\S+ .*CONTAINER_RUNNING/.test(text),
        { timeoutMs: minutes(10) },
      );
      expect(containers).toMatch(/kube-system\/prober-\S+:prober:\S+ .*CONTAINER_RUNNING/);
      expect(await machine.ask("containers")).toMatch(/etcd[\s\S]*kubelet|kubelet[\s\S]*etcd/);
    },
    minutes(12),
  );
});

describe("nothing but machined", () => {
  const CAP_SYS_MODULE = 1n << 16n;
  const CAP_SYS_BOOT = 1n << 22n;

  test(
    "can gain the right to load modules or to reboot",
    async () => {
      const pids = (await listNames(api, "/proc")).filter((name) => /^\d+$/.test(name) && name !== "1");
      const able: string[] = [];
      let checked = 0;
      for (const pid of pids) {
        // A process may end before we look; a kernel thread runs no program.
        const status = await readText(api, `/proc/${pid}/status`).catch(() => "");
        const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, "m").exec(status)?.[1] ?? "";
        if (field("VmSize") === "") continue;
        checked += 1;
        const bounding = BigInt(`0x${field("CapBnd")}`);
        if ((bounding & (CAP_SYS_MODULE | CAP_SYS_BOOT)) !== 0n)
          able.push(`${pid} ${field("Name")} ${field("CapBnd")}`);
      }
      expect(able).toEqual([]);
      // apid, trustd, udevd, containerd, and a shim with its container for etcd, the kubelet and each pod.
      expect(checked).toBeGreaterThan(8);
    },
    minutes(10),
  );

  test(
    "not even a privileged container",
    async () => {
      await eventually(
        () => probe(proberPort, "module"),
        (answer) => answer !== "",
        { timeoutMs: minutes(6) },
      );
      expect(await probe(proberPort, "module")).toBe("EPERM");
      expect(await probe(proberPort, "raise")).toBe("EPERM");
      expect(await probe(proberPort, "reboot")).toBe("EPERM");
    },
    minutes(10),
  );
});

describe("a supervised process that is killed comes back", () => {
  const victims = [
    ["udevd", "systemd-udevd"],
    ["trustd", "trustd"],
    ["apid", "apid"],
    ["etcd", "etcd"],
    ["kubelet", "kubelet"],
    ["containerd", "containerd"],
  ] as const;

  for (const [service, program] of victims) {
    test(
      service,
      async () => {
        const before = (await servicesOf(api)).get(service)?.history ?? [];
        expect(await probe(proberPort, `kill ${program}`)).toMatch(/^killed [1-9]/);
        const after = await eventually(
          async () => (await servicesOf(api)).get(service),
          (now) => now?.state === "Running" && now.healthy && now.history.length > before.length,
          { timeoutMs: minutes(6) },
        );
        // It was seen to end, not only found running: the kill cannot have missed it.
        const since = after?.history.slice(before.length).join("\n");
        expect(since).toMatch(/killed|SIGKILL|signal|restart/i);
      },
      minutes(8),
    );
  }
});

test(
  "after all of it every service is healthy again",
  async () => {
    const healthy = (services: Map<string, Service>) => everyService.every((id) => services.get(id)?.healthy);
    expect(healthy(await eventually(() => servicesOf(api), healthy, { timeoutMs: minutes(8) }))).toBe(true);
  },
  minutes(10),
);

describe("a person asks", () => {
  const questions: [string[], RegExp][] = [
    [["version"], /Tag: +v1\.12\.8/],
    [["list", "/"], /\busr\b/],
    [["list", "-l", "/etc"], /os-release/],
    [["read", "/etc/os-release"], /^NAME=/m],
    [["read", "/proc/cmdline"], /talos\.platform=metal/],
    [["dmesg"], /\[talos\]/],
    [["logs", "etcd"], /\S/],
    [["logs", "containerd"], /containerd/],
    [["logs", "kubelet", "--tail", "5"], /\S/],
    [["memory"], /TOTAL[\s\S]*\d/],
    [["mounts"], /squashfs|\/dev\/loop/],
    [["processes"], /containerd/],
    [["stats"], /etcd/],
    [["usage", "/etc"], /\d/],
    [["service", "etcd"], /STATE +Running/],
    [["get", "services"], /etcd/],
    [["get", "addresses"], /10\.0\.2\.15\/24/],
    [["get", "links", "-o", "json"], /"kind"|"hardwareAddr"/],
    [["get", "machinestatus", "-o", "yaml"], /stage: running/],
    [["get", "boot", "-o", "yaml"], /startedMs/],
    [["inspect", "dependencies"], /digraph/],
  ];
  // The public client, where there is one, must get the same answers; it does not know our own resource types.
  const publicClient = process.env.TALOSCTL_PUBLIC;
  const clients = publicClient === undefined ? [] : [["the public client", publicClient] as const];

  for (const [question, answer] of questions) {
    test(question.join(" "), async () => expect(await machine.ask(...question)).toMatch(answer), minutes(4));
    for (const [name, binary] of clients) {
      if (question[1] === "boot") continue;
      test(
        `${question.join(" ")}, by ${name}`,
        async () => {
          const { stdout, stderr } = await run([
            binary,
            "--talosconfig",
            join(machine.directory, "talosconfig"),
            ...question,
          ]);
          expect(stdout + stderr).toMatch(answer);
        },
        minutes(4),
      );
    }
  }

  test(
    "for the kernel's configuration",
    async () => {
      const config = await machine.talosctl("read", "/proc/config.gz");
      const text =
        config.code === 0 ? "compressed" : await machine.ask("read", `/boot/config-${await kernelRelease()}`);
      expect(text).toMatch(/compressed|CONFIG_MODULES=y/);
    },
    minutes(4),
  );

  test(
    "for a copy of a directory",
    async () => {
      const target = join(machine.directory, "copy");
      await mkdir(target);
      await machine.ask("copy", "/etc/ssl", target);
      const copied = [...new Bun.Glob("**/*.{crt,pem}").scanSync({ cwd: target })];
      expect(copied.length).toBeGreaterThan(0);
    },
    minutes(4),
  );

  test(
    "for events as they happen",
    async () => {
      const binary = join(machine.directory, "../../talosctl");
      const talosconfig = join(machine.directory, "talosconfig");
      const watcher = Bun.spawn([binary, "--talosconfig", talosconfig, "events"], { stdout: "pipe", stderr: "ignore" });
      const seen = (async () => {
        const decoder = new TextDecoder();
        let text = "";
        for await (const chunk of watcher.stdout) {
          text += decoder.decode(chunk, { stream: true });
          if (text.includes("kubelet")) return text;
        }
        return text;
      })();
      await machine.ask("service", "kubelet", "restart");
      expect(await seen).toContain("kubelet");
      watcher.kill();
      await watcher.exited;
    },
    minutes(6),
  );

  test(
    "and mistakes are explained",
    async () => {
      const missing = await machine.talosctl("read", "/no/such/file");
      expect(missing.code).not.toBe(0);
      expect(missing.stderr).toContain("/no/such/file");
      const service = await machine.talosctl("service", "no-such-service");
      expect(service.code).not.toBe(0);
    },
    minutes(4),
  );
});

describe("who may ask", () => {
  const as = async (roles: Parameters<TestMachine["talosconfigFor"]>[0], ...args: string[]) => {
    const binary = join(machine.directory, "../../talosctl");
    return await run([binary, "--talosconfig", await machine.talosconfigFor(roles), ...args]);
  };

  test(
    "a reader reads",
    async () => {
      expect((await as(["os:reader"], "services")).stdout).toContain("etcd");
    },
    minutes(4),
  );

  test(
    "a reader does not act, nor see secrets",
    async () => {
      for (const command of [["reboot"], ["service", "etcd", "restart"], ["read", "/etc/os-release"]]) {
        const { code, stderr } = await as(["os:reader"], ...command);
        expect(code).not.toBe(0);
        expect(stderr).toContain("os:reader");
      }
    },
    minutes(4),
  );

  test(
    "the server itself says no",
    async () => {
      const context = (await readTalosconfig(await machine.talosconfigFor(["os:reader"]))).contexts.get("test");
      const { ca, certificate, key } = credentialsOf(context ?? { endpoints: [], nodes: [], rest: {} });
      const tls = { authorities: [ca], certificate, key };
      // Without talosctl's explanation of what is missing.
      using channel = connect({ target: { host: "127.0.0.1", port: machine.apiPort, tls } });
      const path = "machine.MachineService/Shutdown";
      const denied = channel.unary({ ...methods[path], path }, {}, { timeoutMs: 60_000 }).catch((error) => error);
      expect(await denied).toMatchObject({ code: Code.permissionDenied, message: "not authorized" });
    },
    minutes(4),
  );

  test(
    "a certificate of another authority ends the handshake",
    async () => {
      const foreign = await machine.talosconfigFor(["os:admin"], true);
      const talosctl = join(machine.directory, "../../talosctl");
      const { code } = await eventually(
        () => run([talosctl, "--talosconfig", foreign, "version"]),
        // Not that nobody answered in time.
        ({ code, stderr }) => code === 0 || /certificate|handshake|alert|closed|reset/i.test(stderr),
      );
      expect(code).not.toBe(0);
    },
    minutes(4),
  );

  test(
    "and so do no certificate, and an older TLS",
    async () => {
      for (const options of [{}, { maxVersion: "TLSv1.2" as const }]) {
        const outcome = await new Promise<string>((resolve) => {
          const socket = connectTls({
            host: "127.0.0.1",
            port: machine.apiPort,
            rejectUnauthorized: false,
            ...options,
          });
          socket.on("error", (error) => resolve(error.message));
          socket.on("close", () => resolve("closed"));
          socket.on("data", () => resolve("data")); // an HTTP/2 server that trusts us would speak first
          socket.setTimeout(60_000, () => resolve("open"));
        });
        expect(["open", "data"]).not.toContain(outcome);
      }
    },
    minutes(4),
  );
});

describe("power", () => {
  test(
    "reboot comes back as another boot, with every service",
    async () => {
      const before = await readText(api, "/proc/sys/kernel/random/boot_id");
      await machine.ask("reboot", "--wait=false");
      await eventually(
        () => readText(api, "/proc/sys/kernel/random/boot_id"),
        (bootId) => bootId !== before && bootId !== "",
        { timeoutMs: minutes(10) },
      );
      await eventually(
        () => servicesOf(api),
        (services) => everyService.every((id) => services.get(id)?.healthy),
        { timeoutMs: minutes(10) },
      );
      expect((await identify(machine.pid))?.pid).toBe(machine.pid);
      const console = await readFile(machine.consolePath, "utf8");
      expect(console).toMatch(/reboot: Restarting system/);
    },
    minutes(25),
  );

  test(
    "the power button shuts down in order",
    async () => {
      await monitorCommand(machine.monitorPath, "system_powerdown");
      await eventually(
        () => identify(machine.pid),
        (process) => process === undefined,
        { timeoutMs: minutes(8) },
      );
      expect(await readFile(machine.consolePath, "utf8")).toMatch(/reboot: Power down/);
    },
    minutes(10),
  );

  test(
    "a stopped machine starts again with what it had, and shuts down when asked",
    async () => {
      const secrets = await readFile(join(machine.directory, "secrets.yaml"), "utf8");
      const again = await machine.cluster("create", "--output-directory", join(machine.directory, "../.."));
      expect(again.code).toBe(0);
      expect(await readFile(join(machine.directory, "secrets.yaml"), "utf8")).toBe(secrets);
      expect(await machine.ask("get", "identities", "local", "-o", "yaml")).toContain(nodeId);
      const console = await readFile(machine.consolePath, "utf8");
      expect(console).toContain("machine configuration loaded from /system/state/config.yaml");
      // Both volumes were unmounted in order: there is nothing to mend.
      for (const volume of ["vda2", "vda3"]) expect(console).toContain(`XFS (${volume}): Ending clean mount`);
      expect(console).not.toContain("Starting recovery");
      const { nodes } = JSON.parse(await readFile(join(machine.directory, "state.json"), "utf8"));
      await machine.ask("shutdown", "--wait=false");
      await eventually(
        () => identify(nodes[0].process.pid),
        (process) => process === undefined,
        { timeoutMs: minutes(8) },
      );
      expect(await readFile(machine.consolePath, "utf8")).toMatch(/reboot: Power down/);
    },
    minutes(25),
  );
});

const kernelRelease = async () => (await readText(api, "/proc/sys/kernel/osrelease")).trim();
