import { createHash } from "node:crypto";
import type { HostnameSpec } from "../../../resources/network/hostname-spec.ts";
import type { Layer } from "../../layered.ts";

/** Splits a full name at its first dot; undefined when it is no name at all, or longer than names can be. */
export function hostnameSpec(fullName: string, layer: Layer): HostnameSpec | undefined {
  const [, hostname = "", domainname = ""] = /^([^.]*)\.?(.*)$/s.exec(fullName) ?? [];
  if (hostname === "" || hostname.length > 63 || fullName.length > 253) return undefined;
  return { hostname, domainname, layer };
}

/** A name for machines that are known by where they are: `talos-10-0-2-15`. */
export const addressHostname = (prefix: string): string =>
  `talos-${prefix.replace(/\/.*/, "").replaceAll(":", "").replaceAll(".", "-")}`;

/** A name that stays as long as the machine is the same: `talos-abc-123`. */
export function stableHostname(nodeId: string): string {
  const digest = createHash("sha256").update(nodeId).digest();
  const text = digest.readBigUInt64BE().toString(36);
  return `talos-${text.slice(1, 4)}-${text.slice(4, 7)}`;
}
