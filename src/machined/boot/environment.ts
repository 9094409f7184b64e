import type { KernelArguments } from "../../platform/kernel-arguments.ts";

/** What machined and its services find in their environment, and nothing else: the kernel's own is its command line. */
export const machineEnvironment: Readonly<Record<string, string>> = {
  PATH: "/usr/bin:/usr/sbin:/usr/local/sbin:/usr/local/bin:/opt/cni/bin",
  HOME: "/",
  TERM: "linux",
};

/** What the kernel's command line adds to it, `talos.environment=NAME=value`. */
export const environmentArguments = (args: KernelArguments): Record<string, string> =>
  Object.fromEntries(
    args.all("talos.environment").map((text) => {
      const separator = text.indexOf("=");
      return separator < 0 ? [text, ""] : [text.slice(0, separator), text.slice(separator + 1)];
    }),
  );

/** Makes it this process's environment: its own requests go by it, and what it starts inherits it. */
export function enterEnvironment(variables: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(process.env)) if (!(name in variables)) delete process.env[name];
  Object.assign(process.env, variables);
}

/** Carries the time at which the first stage began (milliseconds since kernel start) over the exec. */
export const INITRAMFS_STARTED_MS = "MACHINED_INITRAMFS_STARTED_MS";
