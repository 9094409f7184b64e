import { readFileSync } from "node:fs";

/** Below these are the ports of well-known services, and above them those of Kubernetes' nodes. */
const [lowest, highest] = [20_000, 29_999] as const;

/**
 * TCP ports that nobody has now, no two the same. They are none of those that the kernel gives to whoever connects or
 * asks for any port: such a one may be taken between this answer and its use, or while a server starts again.
 */
export function freePorts(count: number): number[] {
  const candidates = offRange(readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8"));
  const found = new Set<number>();
  while (found.size < count) {
    const port = candidates[Math.floor(Math.random() * candidates.length)];
    if (port === undefined) throw new Error("the kernel gives away every port that tests could use");
    if (!found.has(port) && isFree(port)) found.add(port);
  }
  return [...found];
}

function offRange(range: string): number[] {
  const [first = 0, last = 0] = range.trim().split(/\s+/).map(Number);
  const all = Array.from({ length: highest - lowest + 1 }, (_, index) => lowest + index);
  return all.filter((port) => port < first || port > last);
}

function isFree(port: number): boolean {
  try {
    Bun.listen({ hostname: "0.0.0.0", port, socket: { data() {} } }).stop(true);
    return true;
  } catch {
    return false;
  }
}
