import { defineResource } from "../define.ts";
import { boolean, string, uint64 } from "../fields/index.ts";

/** A whole disk: size, model, how it is attached. */
export const Disk = defineResource({
  type: "Disks.block.talos.dev",
  namespace: "runtime",
  spec: {
    dev_path: string(14),
    size: uint64(1),
    pretty_size: string(15),
    io_size: uint64(2),
    sector_size: uint64(3),
    readonly: boolean(4),
    cdrom: boolean(13),
    model: string(5).optional(),
    serial: string(6).optional(),
    modalias: string(7).optional(),
    wwid: string(8).optional(),
    uuid: string(17).optional(),
    bus_path: string(9).optional(),
    sub_system: string(10).optional(),
    transport: string(11).optional(),
    rotational: boolean(12).optional(),
    secondary_disks: string(16).list().optional(),
    symlinks: string(18).list().optional(),
  },
  columns: {
    Size: "{.pretty_size}",
    "Read Only": "{.readonly}",
    Transport: "{.transport}",
    Rotational: "{.rotational}",
    WWID: "{.wwid}",
    Model: "{.model}",
    Serial: "{.serial}",
  },
});

export type Disk = typeof Disk.Type;
