import type { MachineConfig as ParsedConfig } from "../../config/index.ts";

/** The one of `machine.files` that is not written as it is, but is part of containerd's configuration. */
export const customizationId = "cri/conf.d/20-customization.part";
export const customizationPath = `/etc/${customizationId}`;

/** What the machine's owner wants otherwise in containerd's configuration, in TOML. */
export const customizationsOf = ({ machine }: ParsedConfig): string[] =>
  machine.files.filter(({ path }) => path === customizationPath).map(({ content }) => content);
