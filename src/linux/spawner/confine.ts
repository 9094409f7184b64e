import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { codeOf } from "../../errors/message.ts";
import { changeDirectory, MountFlag, mount, pivotRoot, UnmountFlag, unmount } from "../mount.ts";
import { CloneFlag, unshare } from "../namespace.ts";
import type { ConfinedPath, Confinement } from "./confinement.ts";

const { bind, noDev, noExec, noSuid, readOnly, recursive, remount } = MountFlag;
const devices = ["/dev/null", "/dev/urandom"];

/** An empty directory of every machine, hidden by our tmpfs in this thread's mount namespace only. */
const staging = "/proc";

/**
 * Locks the calling thread, and whatever it spawns, into a mount namespace with a root of its own. Only for a Worker:
 * there is no way back. Everything it imports must be loaded before.
 */
export function enterConfinement({ paths }: Confinement): void {
  unshare(CloneFlag.newMount);
  // Without this our mounts would travel to the machine's namespace, which shares its mounts.
  mount({ source: "none", target: "/", flags: MountFlag.private | recursive });
  mount({ source: "confined", target: staging, type: "tmpfs", flags: noSuid | noDev, options: "size=1m,mode=0755" });
  const everything = [...paths, ...devices.map((source) => ({ source, readOnly: false }))];
  for (const path of everything) attach(path);
  mkdirSync(join(staging, "proc"));
  // Process ids of others are none of its business.
  const proc = { source: "proc", target: join(staging, "proc"), type: "proc" };
  mount({ ...proc, flags: noSuid | noDev | noExec, options: "hidepid=2" });
  changeDirectory(staging);
  pivotRoot(".", ".");
  unmount(".", UnmountFlag.detach);
  changeDirectory("/");
  mount({ source: "none", target: "/", flags: remount | bind | readOnly | noSuid | noDev });
}

function attach({ source, target = source, readOnly: isReadOnly = true, optional = false }: ConfinedPath): void {
  const isDirectory = kindOf(source, optional);
  if (isDirectory === undefined) return;
  const place = join(staging, target);
  mkdirSync(isDirectory ? place : dirname(place), { recursive: true });
  if (!isDirectory) writeFileSync(place, "");
  mount({ source, target: place, flags: bind });
  // A bind takes its flags only in a second step. Devices are the exception to noDev.
  const device = devices.includes(source) ? 0 : noDev;
  const flags = remount | bind | noSuid | device | (isReadOnly ? readOnly : 0);
  mount({ source: "none", target: place, flags });
}

function kindOf(source: string, optional: boolean): boolean | undefined {
  try {
    return statSync(source).isDirectory();
  } catch (thrown) {
    if (optional && codeOf(thrown) === "ENOENT") return undefined;
    throw thrown;
  }
}
