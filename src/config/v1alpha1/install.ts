import { boolean, list, oneOf, section, string } from "../describe.ts";

/** `machine.install`: where the system is put. */
export const install = section({
  doc: "Where and how the system is installed; read at the next installation or upgrade.",
  effect: "live",
  fields: {
    disk: string({ doc: "Disk the system is installed to; diskSelector picks it by what it is.", example: "/dev/sda" }),
    diskSelector: section({
      doc: "Picks the disk by what it is; every field that is set must match.",
      example: { size: ">= 100GB", type: "nvme" },
      fields: {
        size: string({ doc: "Size, exact or compared, such as >= 100GB." }),
        name: string({ doc: "Name, with wildcards." }),
        model: string({ doc: "Model, with wildcards." }),
        serial: string({ doc: "Serial number, with wildcards." }),
        modalias: string({ doc: "Kernel module alias, with wildcards." }),
        uuid: string({ doc: "UUID, with wildcards." }),
        wwid: string({ doc: "World-wide identifier, with wildcards." }),
        type: oneOf(["ssd", "hdd", "nvme", "sd"], { doc: "Kind of disk: solid state, rotating, NVMe or card." }),
        busPath: string({ doc: "Bus path, with wildcards." }),
      },
    }).optional(),
    extraKernelArgs: list(string({ doc: "Argument." }), {
      doc: "Kernel arguments added to the boot entry; a leading - removes one.",
    }),
    image: string({ doc: "Image the system is installed and upgraded from." }),
    extensions: list(section({ doc: "An extension.", fields: { image: string({ doc: "Image." }) } }), {
      doc: "System extensions added to the image.",
      deprecated: "use an installer image that holds the extensions",
    }),
    bootloader: boolean({ doc: "Install a boot loader; always done since 1.12.", default: true }),
    wipe: boolean({ doc: "Erase the whole disk first.", default: false }),
    legacyBIOSSupport: boolean({ doc: "Mark the boot partition active for old firmware.", default: false }),
    grubUseUKICmdline: boolean({
      doc: "Take the kernel arguments from the boot image instead of this config.",
      since: "1.12",
      default: false,
    }),
  },
});
