import { defineResource } from "../define.ts";
import { int64, string } from "../fields/index.ts";

/** A block device or partition as sysfs has it; the id is its kernel name. */
export const BlockDevice = defineResource({
  type: "BlockDevices.block.talos.dev",
  namespace: "runtime",
  spec: {
    type: string(1),
    major: int64(2),
    minor: int64(3),
    partitionName: string(4).optional(),
    partitionNumber: int64(5).optional(),
    devicePath: string(7),
    generation: int64(6),
    parent: string(8).optional(),
    secondaries: string(9).list().optional(),
  },
  columns: { Type: "{.type}", PartitionName: "{.partitionName}", Generation: "{.generation}" },
});

export type BlockDevice = typeof BlockDevice.Type;
