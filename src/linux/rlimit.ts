import { struct, u64 } from "./struct.ts";
import { syscall } from "./syscall.ts";
import { check } from "./syscall-error.ts";

/** Resources of setrlimit(2), from <sys/resource.h>. */
export const Rlimit = { core: 4, processes: 6, openFiles: 7, lockedMemory: 8 } as const;

/** struct rlimit. */
export const rlimitStruct = struct({ soft: u64, hard: u64 });

const sysGetLimit = syscall("getrlimit", ["int", "pointer"]);
const sysSetLimit = syscall("setrlimit", ["int", "pointer"]);

export interface Limits {
  readonly soft: number;
  readonly hard: number;
}

/** The process's limits for a resource; "unlimited" reads as about 1.8e19. */
export function readLimits(resource: number): Limits {
  const buffer = rlimitStruct.encode();
  check(sysGetLimit(resource, buffer), () => `Cannot read resource limit ${resource}`);
  return rlimitStruct.decode(buffer);
}

/** Sets a limit for this process and all it starts, setrlimit(2). Raising the hard one takes CAP_SYS_RESOURCE. */
export function setLimits(resource: number, limits: Limits): void {
  check(
    sysSetLimit(resource, rlimitStruct.encode(limits)),
    () => `Cannot set resource limit ${resource} to ${limits.soft} (hard ${limits.hard})`,
  );
}
