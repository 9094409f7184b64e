import { type ForeignMap, readForeignMap } from "../foreign-document.ts";
import type { SeedNetwork } from "./seed-network.ts";
import { readVersion1 } from "./version-1.ts";
import { readVersion2 } from "./version-2.ts";

/** Reads version 1 or 2, alone or under the key `network`. Whatever makes no sense is left out, and told. */
export function readNetworkConfig(text: string): SeedNetwork {
  const document = readForeignMap(text);
  if (document === undefined) return nothingBut("Cannot use the seed's network-config: it is no YAML map");
  const config: ForeignMap = document.has("network") ? document.map("network") : document;
  const version = config.number("version");
  if (version === 1) return readVersion1(config);
  if (version === 2) return readVersion2(config);
  return nothingBut(`Cannot use the seed's network-config: its version is ${config.text("version") ?? "missing"}`);
}

const nothingBut = (problem: string): SeedNetwork => ({
  ...{ links: [], dnsServers: [], searchDomains: [] },
  problems: [`${problem}, and versions 1 and 2 are known`],
});
