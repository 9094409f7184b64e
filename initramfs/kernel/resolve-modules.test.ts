import { expect, test } from "bun:test";
import type { ModuleGroup } from "../../src/machined/boot/module-list.ts";
import { orderModules } from "./resolve-modules.ts";

const none: Readonly<Record<ModuleGroup, readonly string[]>> = {
  root: [],
  network: [],
  disk: [],
  device: [],
  hardware: [],
  volume: [],
  filesystem: [],
  kubernetes: [],
  optional: [],
};
const depends: Readonly<Record<string, readonly string[]>> = {
  failover: [],
  net_failover: ["failover"],
  virtio_net: ["net-failover", "failover"],
  nvme: [],
};
const dependenciesOf = async (name: string) => depends[name];

const certain = new Set<ModuleGroup>(["network"]);

test("a module comes after what it depends on, once", async () => {
  const ordered = await orderModules({ ...none, network: ["virtio-net", "failover"] }, certain, dependenciesOf);
  expect(ordered.map(({ name }) => name)).toEqual(["failover", "net_failover", "virtio_net"]);
});

test("a group is complete in itself, but for what was loaded in any case", async () => {
  const wanted = { ...none, network: ["failover"], filesystem: ["net_failover"], kubernetes: ["virtio_net"] };
  expect(await orderModules(wanted, certain, dependenciesOf)).toEqual([
    { name: "failover", group: "network", dependsOn: [] },
    { name: "net_failover", group: "filesystem", dependsOn: ["failover"] },
    { name: "net_failover", group: "kubernetes", dependsOn: ["failover"] },
    { name: "virtio_net", group: "kubernetes", dependsOn: ["net_failover", "failover"] },
  ]);
});

test("what the kernel has built in is nothing to load", async () => {
  const wanted = { ...none, optional: ["ip_vs", "crc32c"] };
  const builtIn = async (name: string) => (name === "ip_vs" ? ["crc32c"] : null);
  expect(await orderModules(wanted, certain, builtIn)).toEqual([{ name: "ip_vs", group: "optional", dependsOn: [] }]);
});

test("a module that does not exist is named with who wants it", async () => {
  const wanted = orderModules({ ...none, disk: ["sd_mod"] }, certain, async (name) =>
    name === "sd_mod" ? ["scsi_mod"] : undefined,
  );
  await expect(wanted).rejects.toThrow("Cannot find the kernel module sd_mod -> scsi_mod: the package has none");
});

test("what depends on itself is no endless loop", async () => {
  const wanted = orderModules({ ...none, disk: ["a"] }, certain, async (name) => [name === "a" ? "b" : "a"]);
  await expect(wanted).rejects.toThrow("Cannot order the kernel modules a -> b -> a: they depend on each other");
});
