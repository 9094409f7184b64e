import { isIPv6 } from "node:net";

const clientPort = 2379;
const peerPort = 2380;

/** Where a member's clients find it. */
export const clientUrls = (addresses: readonly string[]): string[] => urls(addresses, clientPort);

/** Where the other members find it. */
export const peerUrls = (addresses: readonly string[]): string[] => urls(addresses, peerPort);

const urls = (addresses: readonly string[], port: number): string[] =>
  addresses.map((address) => `https://${isIPv6(address) ? `[${address}]` : address}:${port}`);
