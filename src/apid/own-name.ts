import { hostname, networkInterfaces } from "node:os";

/** Whether a node's name or address is this machine's. Asked of the kernel each time: addresses come and go. */
export function isOwnName(node: string): boolean {
  if (node === "localhost" || node === hostname()) return true;
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === node));
}
