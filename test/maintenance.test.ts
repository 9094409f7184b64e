import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { bootMachine, type Finished, run, type TestMachine } from "./machine/machine.ts";
import { eventually } from "./support/eventually.ts";

const minutes = (count: number) => count * 60_000;
const isRoot = process.getuid?.() === 0 && process.platform === "linux";

/** The client that others use, where there is one: a path. */
const publicTalosctl = process.env.TALOSCTL_PUBLIC;

const provisioners = [...(isRoot ? ["container"] : []), "qemu"];

/** A machine that nobody has told anything: it waits, it is configured by a stranger, and from then on it knows whom to trust. */
describe.each(provisioners)("a machine without a config (%s)", (provisioner) => {
  let machine: TestMachine;
  let node: string;
  let fingerprint: string;
  let config: string;

  beforeAll(async () => {
    machine = await bootMachine("--provisioner", provisioner, "--skip-injecting-config", "--wait-timeout", "15m");
    node = `${machine.apiHost}:${machine.apiPort}`;
    fingerprint = /--cert-fingerprint (\S+)/.exec(machine.created.stdout)?.[1] ?? "";
    config = join(machine.directory, "controlplane.yaml");
  }, minutes(17));

  afterAll(() => machine?.[Symbol.asyncDispose](), minutes(5));

  const untilConsoleSays = (words: string) =>
    eventually(
      () => readFile(machine.consolePath, "utf8"),
      (text) => text.includes(words),
    );
  const insecurely = (...args: string[]): Promise<Finished> => machine.talosctl(...args, "--insecure", "-n", node);
  const apply = (...args: string[]) => insecurely("apply-config", "--file", config, ...args);

  test("says on its console who it is and what to type, and so does cluster create", async () => {
    expect(machine.created.stdout).toContain("waits for its config (maintenance mode)");
    await untilConsoleSays(`--cert-fingerprint ${fingerprint} --file`);
    expect(fingerprint).toMatch(/^[\w+/]{43}=$/);
  });

  test.if(provisioner === "qemu")("has not touched its disk", async () => {
    expect((await stat(join(machine.directory, `disk-${machine.name}.raw`))).blocks).toBe(0);
  });

  test(
    "shows strangers its resources, those that are no secrets",
    async () => {
      expect((await insecurely("get", "machinestatus")).stdout).toContain("maintenance");
      expect((await insecurely("get", "addresses")).stdout).toContain("127.0.0.1/8");
      for (const secret of ["machineconfig", "maintenancerootsecrets", "maintenanceservicecertificates"]) {
        const { code, stderr } = await insecurely("get", secret);
        expect(code).not.toBe(0);
        expect(stderr).toContain("not authorized");
      }
    },
    minutes(6),
  );

  test(
    "does nothing else for strangers",
    async () => {
      const { code, stderr } = await insecurely("version");
      expect(code).not.toBe(0);
      expect(stderr).toContain("API is not implemented in maintenance mode");
    },
    minutes(4),
  );

  test(
    "takes a config only from who insists on its own key, if on any, and in the modes that make sense",
    async () => {
      const other = Buffer.alloc(32).toString("base64");
      const refused = await apply("--cert-fingerprint", other);
      expect(refused.code).not.toBe(0);
      expect(refused.stderr).toContain(fingerprint);
      expect((await apply("--mode", "no-reboot")).stderr).toContain("is not supported in maintenance mode");
      const dry = await apply("--dry-run", "--cert-fingerprint", fingerprint);
      expect(dry.stdout + dry.stderr).toContain("Node is running in maintenance mode and does not have a config yet");
    },
    minutes(6),
  );

  test.if(publicTalosctl !== undefined)(
    "is the same to the client that others use",
    async () => {
      const ask = (...args: string[]) => run([publicTalosctl ?? "", ...args, "--insecure", "-n", node]);
      expect((await ask("get", "machinestatus")).stdout).toContain("maintenance");
      expect((await ask("version")).stderr).toContain("API is not implemented in maintenance mode");
      const other = Buffer.alloc(32).toString("base64");
      expect((await ask("apply-config", "--file", config, "--cert-fingerprint", other)).code).not.toBe(0);
      const dry = await ask("apply-config", "--file", config, "--cert-fingerprint", fingerprint, "--dry-run");
      expect(dry.stdout + dry.stderr).toContain("Node is running in maintenance mode and does not have a config yet");
    },
    minutes(6),
  );

  test(
    "is configured, goes on with its boot, and knows from then on whom to trust",
    async () => {
      const client = publicTalosctl === undefined ? [] : [publicTalosctl];
      const applied =
        client.length === 0
          ? await apply("--cert-fingerprint", fingerprint)
          : await run([
              ...[...client, "apply-config", "--insecure", "-n", node],
              ...["--file", config, "--cert-fingerprint", fingerprint],
            ]);
      expect(applied).toMatchObject({ code: 0 });
      const services = () => machine.talosctl("services");
      await eventually(services, ({ stdout }) => /^\S+ +containerd +Running +OK/m.test(stdout), {
        timeoutMs: minutes(10),
      });
      expect(await machine.ask("get", "machineconfig", "v1alpha1")).toContain("v1alpha1");
      const late = await insecurely("get", "machinestatus");
      expect(late.code).not.toBe(0);
      expect((await apply()).code).not.toBe(0);
      await untilConsoleSays("maintenance mode has ended");
    },
    minutes(15),
  );
});
