import { defineResource } from "../define.ts";
import { string, uint32, uint64 } from "../fields/index.ts";

/** What was found on a disk or partition by probing: file system, partition table, labels. */
export const DiscoveredVolume = defineResource({
  type: "DiscoveredVolumes.block.talos.dev",
  namespace: "runtime",
  spec: {
    dev_path: string(17),
    type: string(14),
    device_path: string(15),
    parent: string(16).optional(),
    parent_dev_path: string(18).optional(),
    offset: uint64(20),
    size: uint64(1),
    pretty_size: string(19),
    sector_size: uint64(2).optional(),
    io_size: uint64(3).optional(),
    name: string(4),
    uuid: string(5).optional(),
    label: string(6).optional(),
    block_size: uint32(7).optional(),
    filesystem_block_size: uint32(8).optional(),
    probed_size: uint64(9).optional(),
    partition_uuid: string(10).optional(),
    partition_type: string(11).optional(),
    partition_label: string(12).optional(),
    partition_index: uint64(13).optional(),
  },
  columns: {
    Type: "{.type}",
    Size: "{.pretty_size}",
    Discovered: "{.name}",
    Label: "{.label}",
    PartitionLabel: "{.partition_label}",
  },
});

export type DiscoveredVolume = typeof DiscoveredVolume.Type;
