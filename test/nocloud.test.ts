import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { bootMachine, type TestMachine } from "./machine/machine.ts";

const minutes = (count: number) => count * 60_000;
let machine: TestMachine;

beforeAll(async () => {
  machine = await bootMachine("--config-injection-method", "nocloud");
}, minutes(22));
afterAll(() => machine?.[Symbol.asyncDispose](), minutes(5));

test(
  "a machine is what its hypervisor's seed says, and knows it at its next boot, too",
  async () => {
    expect(await readFile(machine.consolePath, "utf8")).toContain("loaded from nocloud's user data");
    const metadata = await machine.ask("get", "platformmetadata", "-o", "yaml");
    expect(metadata).toContain(`platform: nocloud`);
    expect(metadata).toContain(`instanceId: ${machine.name}`);
    const addresses = await machine.ask("get", "addressspecs", "--namespace", "network-config");
    expect(addresses).toMatch(/platform\/\S+\/10\.0\.2\.15\/24/);
    const routes = await machine.ask("get", "routespecs", "--namespace", "network-config");
    expect(routes).toContain("platform/inet4/10.0.2.2//1024");
    // Nobody asks for an address by itself where the platform has given one.
    expect(await machine.ask("get", "operatorspecs")).not.toContain("dhcp4/");
    expect(await machine.ask("get", "hostnamespecs", "--namespace", "network-config")).toContain("platform/hostname");
    expect(await machine.ask("read", "/system/state/platform-network.yaml")).toContain("address: 10.0.2.15/24");
    expect(await machine.ask("read", "/proc/mounts")).not.toContain("iso9660");
  },
  minutes(8),
);

test(
  "META's values outlive a reboot",
  async () => {
    await machine.ask("meta", "write", "0x0c", "of mine");
    expect(await machine.ask("get", "meta")).toMatch(/0x0c\s.*of mine/);
    await machine.ask("reboot", "--wait");
    expect(await machine.ask("get", "meta")).toMatch(/0x0c\s.*of mine/);
    await machine.ask("meta", "delete", "0x0c");
    expect((await machine.talosctl("get", "meta", "0x0c")).code).not.toBe(0);
    expect((await machine.talosctl("meta", "delete", "0x0c")).stderr).toContain("meta key not found");
  },
  minutes(20),
);
