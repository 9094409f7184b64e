/** What machined and its services find in their environment, and nothing else: the kernel's own is its command line. */
export const machineEnvironment: Readonly<Record<string, string>> = {
  PATH: "/usr/bin:/usr/sbin:/usr/local/sbin:/usr/local/bin:/opt/cni/bin",
  HOME: "/",
  TERM: "linux",
};

/** Carries the time at which the first stage began (milliseconds since kernel start) over the exec. */
export const INITRAMFS_STARTED_MS = "MACHINED_INITRAMFS_STARTED_MS";
