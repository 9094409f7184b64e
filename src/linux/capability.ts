import { readFileSync } from "node:fs";
import { Errno } from "./errno.ts";
import { i32, struct, u32 } from "./struct.ts";
import { rawSyscall, syscall } from "./syscall.ts";
import { check } from "./syscall-error.ts";

/** Capability numbers we name, from <linux/capability.h>. */
export const Capability = {
  setPcap: 8,
  netAdmin: 12,
  netRaw: 13,
  sysModule: 16,
  sysAdmin: 21,
  sysBoot: 22,
  sysResource: 24,
} as const;

/** prctl(2) operations, from <linux/prctl.h>. */
export const Prctl = { boundingRead: 23, boundingDrop: 24, setNoNewPrivileges: 38, ambient: 47 } as const;
export const ambientClearAll = 4;
/** _LINUX_CAPABILITY_VERSION_3: 64-bit sets in two halves. */
export const capabilityVersion = 0x20080522;

/** struct __user_cap_header_struct. */
export const capabilityHeader = struct({ version: u32, pid: i32 });
const half = struct({ effective: u32, permitted: u32, inheritable: u32 });
/** struct __user_cap_data_struct[2]. */
export const capabilityData = struct({ low: half, high: half });

const sysPrctl = syscall("prctl", ["int", "long", "long", "long", "long"]);
const sysCapset = syscall("capset", ["pointer", "pointer"]);
const sysSetGroups = rawSyscall("setgroups", ["long", "pointer"]);

/** Whether this process may use a capability now. A machine that is a container may lack some of them. */
export function holdsCapability(capability: number): boolean {
  const set = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
  return ((BigInt(`0x${set}`) >> BigInt(capability)) & 1n) === 1n;
}

/** Takes capabilities from the calling thread's bounding set: nothing it executes from now on can have them. */
export function dropBoundingCapability(...capabilities: readonly number[]): void {
  for (const capability of capabilities) {
    check(
      sysPrctl(Prctl.boundingDrop, capability, 0, 0, 0),
      () => `Cannot drop capability ${capability} from the bounding set`,
    );
  }
}

/** Empties the calling thread's bounding and ambient sets. Its own rights stay until it executes a program. */
export function dropAllBoundingCapabilities(): void {
  check(sysPrctl(Prctl.ambient, ambientClearAll, 0, 0, 0), () => "Cannot clear the ambient capabilities");
  for (let capability = 0; capability < 64; capability += 1) {
    const held = sysPrctl(Prctl.boundingRead, capability, 0, 0, 0);
    if (held === -Errno.EINVAL) return; // past the last capability this kernel knows
    if (held === 1) dropBoundingCapability(capability);
  }
}

/** Gives up every capability of the calling thread, now and for all it executes. */
export function dropAllCapabilities(): void {
  dropAllBoundingCapabilities();
  const header = capabilityHeader.encode({ version: capabilityVersion });
  check(sysCapset(header, capabilityData.encode()), () => "Cannot give up capabilities");
}

/** From now on nothing this thread executes gains rights from setuid bits or file capabilities. */
export function forbidNewPrivileges(): void {
  check(sysPrctl(Prctl.setNoNewPrivileges, 1, 0, 0, 0), () => "Cannot forbid new privileges");
}

/**
 * Leaves every supplementary group, for the calling thread alone: libc's setgroups(3) would change all threads.
 */
export function dropSupplementaryGroups(): void {
  check(sysSetGroups(0, null), () => "Cannot leave the supplementary groups");
}
