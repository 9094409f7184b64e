import { hostname, networkInterfaces } from "node:os";

/** How long an answer of the kernel holds: addresses come and go, but asking costs as much as a whole call. */
const holdsMs = 1_000;

let names: ReadonlySet<string> = new Set();
let askAgainAtMs = 0;

/** Whether a node's name or address is this machine's. */
export function isOwnName(node: string): boolean {
  if (performance.now() >= askAgainAtMs) {
    const addresses = Object.values(networkInterfaces()).flatMap((link) => link?.map(({ address }) => address) ?? []);
    names = new Set(["localhost", hostname(), ...addresses]);
    askAgainAtMs = performance.now() + holdsMs;
  }
  return names.has(node);
}
