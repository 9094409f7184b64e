import type { Provisioner } from "./provisioner.ts";
import { qemuProvisioner } from "./qemu/provisioner.ts";
import type { Architecture, ProvisionerName } from "./state.ts";

export interface ProvisionerOptions {
  readonly provisioner: ProvisionerName;
  readonly architecture: Architecture;
  readonly name: string;
  readonly outputDirectory: string;
}

export async function selectProvisioner(options: ProvisionerOptions): Promise<Provisioner> {
  if (options.provisioner === "qemu") return await qemuProvisioner(options.architecture);
  // Reaches for the kernel, which only Linux has: not loaded unless it is asked for.
  const { containerProvisioner } = await import("./container/provisioner.ts");
  return await containerProvisioner(options);
}

/** Undoes what a provisioner's machines left on the host. */
export async function selectCleaner(name: ProvisionerName): Promise<Provisioner["clean"]> {
  if (name === "qemu") return async () => undefined;
  return (await import("./container/clean.ts")).clean;
}
