import { expect, test } from "bun:test";
import type { ModuleGroup } from "../../src/machined/boot/module-list.ts";
import { orderModules } from "./resolve-modules.ts";

const none: Readonly<Record<ModuleGroup, readonly string[]>> = {
  root: [],
  network: [],
  disk: [],
  device: [],
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

test("a module comes after what it depends on, once, for the first group that wants it", async () => {
  const ordered = await orderModules({ ...none, network: ["virtio-net"], optional: ["failover"] }, dependenciesOf);
  expect(ordered).toEqual([
    { name: "failover", group: "network" },
    { name: "net_failover", group: "network" },
    { name: "virtio_net", group: "network" },
  ]);
});

test("a module that does not exist is named with who wants it", async () => {
  const wanted = orderModules({ ...none, disk: ["sd_mod"] }, async (name) =>
    name === "sd_mod" ? ["scsi_mod"] : undefined,
  );
  await expect(wanted).rejects.toThrow("Cannot find the kernel module sd_mod -> scsi_mod: the package has none");
});

test("what depends on itself is no endless loop", async () => {
  const wanted = orderModules({ ...none, disk: ["a"] }, async (name) => [name === "a" ? "b" : "a"]);
  await expect(wanted).rejects.toThrow("Cannot order the kernel modules a -> b -> a: they depend on each other");
});
