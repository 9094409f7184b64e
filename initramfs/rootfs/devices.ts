import type { Contents } from "./contents.ts";

const rules = [
  "50-udev-default", // groups and modes of device nodes
  "60-block",
  "60-persistent-storage", // /dev/disk/by-*
  "60-serial",
  "75-net-description",
];

/**
 * Device nodes, their permissions and their stable names. Without the hardware database (no rule here asks it), without
 * the rules that load modules (only PID 1 may), and without renaming of links: the kernel's names are used.
 */
export const devices: readonly Contents[] = [
  {
    package: "udev",
    paths: [
      ...["usr/bin/udevadm", "usr/lib/systemd/systemd-udevd", "usr/lib/udev/ata_id", "usr/lib/udev/scsi_id"],
      ...["etc/udev/udev.conf", ...rules.map((name) => `usr/lib/udev/rules.d/${name}.rules`)],
    ],
  },
  // What network cards are called, in LinkStatus.
  { package: "pci.ids", paths: ["usr/share/misc/pci.ids"] },
];
