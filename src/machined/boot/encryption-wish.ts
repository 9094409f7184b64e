import { documentsOf, type MachineConfig as ParsedConfig } from "../../config/index.ts";

/** Labels of the system's volumes that the config wants encrypted: what is not can be read by whoever takes the disk. */
export function encryptedVolumes(config: ParsedConfig): string[] {
  const { state, ephemeral } = config.machine.systemDiskEncryption;
  const wished = new Set<string>();
  if (state !== undefined) wished.add("STATE");
  if (ephemeral !== undefined) wished.add("EPHEMERAL");
  for (const { name, encryption } of documentsOf(config, "VolumeConfig")) {
    if (encryption !== undefined && (name === "STATE" || name === "EPHEMERAL")) wished.add(name);
  }
  return [...wished].sort();
}
