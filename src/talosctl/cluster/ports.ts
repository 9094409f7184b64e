import { Failure } from "../../errors/failure.ts";
import { apidProgram, trustdProgram } from "../../well-known.ts";
import type { NodePorts } from "./state.ts";

/** Where the machine itself listens. */
export const machinePorts: NodePorts = {
  apid: apidProgram.port,
  trustd: trustdProgram.port,
  kubernetes: 6_443,
};

/** How far from the usual port a free one is looked for, before the kernel is asked for any. */
const reach = 100;

/** Whether nobody listens there. Another program may take the port right after; QEMU then says so. */
export function isFree(port: number, host = "127.0.0.1"): boolean {
  try {
    const listener = Bun.listen({ hostname: host, port, socket: { data() {} }, exclusive: true });
    listener.stop(true);
    return true;
  } catch {
    return false;
  }
}

/**
 * Ports on the host for one machine: the usual numbers when free, else the next that are. Each is different.
 * @param preferred what it had before, so that a talosconfig keeps working after a restart.
 * @throws Failure when nothing near is free.
 */
export function choosePorts(preferred: NodePorts = machinePorts, free: (port: number) => boolean = isFree): NodePorts {
  const taken = new Set<number>();
  const choose = (first: number): number => {
    for (let port = first; port < Math.min(first + reach, 65_536); port += 1) {
      if (taken.has(port) || !free(port)) continue;
      taken.add(port);
      return port;
    }
    throw new Failure(`Cannot find a free port: 127.0.0.1:${first} and the ${reach - 1} after it are in use`);
  };
  return { apid: choose(preferred.apid), trustd: choose(preferred.trustd), kubernetes: choose(preferred.kubernetes) };
}
