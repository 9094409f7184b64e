import { messageOf } from "../../errors/message.ts";
import type { Check } from "../describe.ts";
import { type Environment, type Type, typeName, typeOf } from "./check.ts";
import { parseExpression } from "./parse.ts";

const each = (type: Type, ...names: readonly string[]): Readonly<Record<string, Type>> =>
  Object.fromEntries(names.map((name) => [name, type]));

/** Fields as the resources of the API name them. */
const disk = {
  ...each("uint", "size", "io_size", "sector_size"),
  ...each("bool", "readonly", "rotational", "cdrom"),
  ...each("string", "model", "serial", "modalias", "wwid", "bus_path", "sub_system", "transport", "dev_path"),
  ...each("string", "pretty_size", "uuid"),
  ...each("list", "secondary_disks", "symlinks"),
};
const volume = {
  ...each("uint", "size", "sector_size", "io_size", "block_size", "filesystem_block_size", "probed_size"),
  ...each("uint", "partition_index", "offset"),
  ...each("string", "name", "uuid", "label", "partition_uuid", "partition_type", "partition_label", "type"),
  ...each("string", "device_path", "parent", "dev_path", "parent_dev_path", "pretty_size"),
};
const link = {
  ...each("uint", "index", "link_index", "flags", "mtu", "master_index"),
  ...each("int", "type", "operational_state", "speed_megabits", "port", "duplex"),
  ...each("bytes", "hardware_addr", "broadcast_addr", "permanent_addr"),
  ...each("string", "queue_disc", "kind", "slave_kind", "bus_path", "pciid", "driver", "driver_version", "alias"),
  ...each("string", "firmware_version", "product_id", "vendor_id", "product", "vendor"),
  ...each("bool", "link_state"),
  ...each("any", "vlan", "bridge_master", "bond_master", "wireguard"),
  ...each("list", "alt_names"),
};

const units = each("uint", ..."KiB MiB GiB TiB PiB EiB kB MB GB TB PB EB".split(" "));
const classes = each("int", "Besteffort", "Burstable", "Guaranteed", "Podruntime", "System");

const pressure = ["some", "full"].flatMap((part) =>
  ["avg10", "avg60", "avg300", "total"].map((span) => `memory_${part}_${span}`),
);
const byClass = [...pressure, "memory_current", "memory_peak", "memory_max"].map((name) => `qos_${name}`);
const withChanges = (names: readonly string[]) => [...names, ...names.map((name) => `d_${name}`)];

/** Picks disks: `disk`, and whether it is the one the system is on. */
export const diskSelector = expressionOf("bool", {
  variables: { disk, system_disk: "bool", ...units },
  functions: { glob: "bool" },
});

/** Picks volumes by themselves and the disk they are on. */
export const volumeSelector = expressionOf("bool", { variables: { volume, disk, ...units }, functions: {} });

/** What a selector of links sees. */
export const linkEnvironment: Environment = { variables: { link }, functions: { glob: "bool", mac: "string" } };

/** Picks links. */
export const linkSelector = expressionOf("bool", linkEnvironment);

/** Decides from the pressure on memory, of all or by class of cgroup, whether something must end. */
export const outOfMemoryTrigger = expressionOf("bool", {
  variables: {
    ...each("double", ...withChanges(pressure)),
    ...each("map", ...withChanges(byClass)),
    ...{ time_since_trigger: "duration", ...units, ...classes },
  },
  functions: { multiply_qos_vectors: "double" },
});

/** Gives a cgroup the number by which it is chosen. */
export const outOfMemoryRanking = expressionOf("double", {
  variables: {
    ...each("any", "memory_max", "memory_current", "memory_peak"),
    ...{ path: "string", class: "int", ...units, ...classes },
  },
  functions: {},
});

function expressionOf(expected: Type, environment: Environment): Check {
  return (text) => {
    try {
      const type = typeOf(parseExpression(text), environment);
      if (type === expected || type === "any") return undefined;
      return `it gives ${typeName(type)}, expected ${typeName(expected)}`;
    } catch (error) {
      return messageOf(error).replace(/^Cannot (?:read|use) the expression: /, "");
    }
  };
}
