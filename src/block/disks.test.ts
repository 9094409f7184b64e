import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listDisks } from "./disks.ts";
import { listPartitions } from "./partitions.ts";

const sysfs = mkdtempSync(join(tmpdir(), "sysfs-"));
afterAll(() => rmSync(sysfs, { recursive: true }));

/** A device as the kernel shows it: a directory among the devices, and links to it by what it is. */
function addDevice(path: string, attributes: Readonly<Record<string, string>>): void {
  const target = join(sysfs, "devices", path);
  mkdirSync(target, { recursive: true });
  for (const [name, value] of Object.entries(attributes)) writeFileSync(join(target, name), `${value}\n`);
  const name = path.split("/").at(-1) ?? "";
  for (const view of "partition" in attributes ? ["class/block"] : ["block", "class/block"]) {
    mkdirSync(join(sysfs, view), { recursive: true });
    symlinkSync(target, join(sysfs, view, name));
  }
}

const disk = { ro: "0", removable: "0", size: "8192", uevent: "DEVNAME=x\nDEVTYPE=disk" };
addDevice("pci/virtio1/block/vdaa", disk);
addDevice("pci/virtio2/block/vdb", { ...disk, ro: "1" });
addDevice("pci/virtio2/block/vdb/vdb1", { partition: "1", uevent: "DEVNAME=vdb1\nDEVTYPE=partition\nPARTN=1" });
addDevice("pci/virtio2/block/vdb/vdb2", {
  partition: "2",
  uevent: "DEVNAME=vdb2\nDEVTYPE=partition\nPARTN=2\nPARTNAME=a=STATE",
});
addDevice("pci/usb/block/sda", { ...disk, removable: "1" });
addDevice("pci/ata/block/sr0", { ...disk, removable: "1" });
addDevice("pci/raid/block/cciss!c0d0", disk);
addDevice("virtual/nvme-subsystem/nvme-subsys0/nvme0n1", disk);
addDevice("virtual/block/loop0", disk);
addDevice("pci/reader/block/sdb", { ...disk, size: "0" });

test("disks are what one can buy, in the kernel's order", () => {
  const found = listDisks(join(sysfs, "block"));
  expect(found.map(({ name }) => name)).toEqual(["sda", "vdb", "vdaa", "nvme0n1", "cciss!c0d0"]);
  expect(found[0]).toEqual({ name: "sda", device: "/dev/sda", sizeBytes: 2 ** 22, readOnly: false, removable: true });
  expect(found[1]).toMatchObject({ readOnly: true, removable: false });
  expect(found[4]?.device).toBe("/dev/cciss/c0d0");
});

test("a partition knows its disk, its number and its label", () => {
  expect(listPartitions(join(sysfs, "class/block"))).toEqual([
    { name: "vdb1", device: "/dev/vdb1", disk: "vdb", number: 1, label: "" },
    { name: "vdb2", device: "/dev/vdb2", disk: "vdb", number: 2, label: "a=STATE" },
  ]);
});

test("a machine without block devices has none", () => {
  expect(listDisks(join(sysfs, "none"))).toEqual([]);
  expect(listPartitions(join(sysfs, "none"))).toEqual([]);
});
