import type { ComponentName } from "../components/components.ts";
import type { Contents } from "./contents.ts";

/** Running containers. Of the shims only the current one; `ctr` is a tool for people, and people have talosctl. */
export const containers: readonly Contents[] = [
  { package: "containerd", paths: ["usr/bin/containerd", "usr/bin/containerd-shim-runc-v2"] },
  { package: "runc", paths: ["usr/sbin/runc", "usr/bin/runc"] },
  { package: "iptables", paths: ["usr/sbin/xtables-nft-multi"], libraries: "xtables" },
];

/** The names by which plugins call the one program that writes packet filters. */
export const packetFilterNames = ["iptables", "ip6tables"].flatMap((name) => [name, `${name}-save`, `${name}-restore`]);

/** Connecting pods: containerd runs these. `/opt` is an overlay, so that other networks can add their own. */
export const networkPlugins: Readonly<Record<string, ComponentName>> = {
  "opt/cni/bin/bridge": "cni-bridge",
  "opt/cni/bin/firewall": "cni-firewall",
  "opt/cni/bin/flannel": "cni-flannel",
  "opt/cni/bin/host-local": "cni-host-local",
  "opt/cni/bin/loopback": "cni-loopback",
  "opt/cni/bin/portmap": "cni-portmap",
};
