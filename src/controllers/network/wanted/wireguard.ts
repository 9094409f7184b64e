import { parseDuration } from "../../../clock/duration.ts";
import type { WireguardSettings } from "./device.ts";

/** A tunnel as both forms of the configuration say it; what is not there is undefined or empty. */
export interface SaidTunnel {
  readonly privateKey?: string | undefined;
  readonly listenPort?: number | undefined;
  readonly firewallMark?: number | undefined;
  readonly peers: readonly SaidPeer[];
}

interface SaidPeer {
  readonly publicKey?: string | undefined;
  readonly presharedKey?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly persistentKeepaliveInterval?: string | undefined;
  readonly allowedIPs: readonly (string | undefined)[];
}

/** A tunnel's settings, with nothing for what is not said. */
export const wireguardOf = ({
  privateKey = "",
  listenPort = 0,
  firewallMark = 0,
  peers,
}: SaidTunnel): WireguardSettings => ({ privateKey, listenPort, firewallMark, peers: peers.map(peerOf) });

const peerOf = ({
  publicKey = "",
  presharedKey = "",
  endpoint = "",
  persistentKeepaliveInterval: keepalive = "",
  allowedIPs,
}: SaidPeer): WireguardSettings["peers"][number] => ({
  ...{ publicKey, presharedKey, endpoint },
  persistentKeepaliveInterval: keepalive === "" ? 0 : parseDuration(keepalive),
  allowedIPs: allowedIPs.filter((prefix) => prefix !== undefined),
});

/** A tunnel that several layers know: what a higher one says counts, and peers of all of them are there. */
export function mergeWireguard(lower: WireguardSettings, higher: WireguardSettings): WireguardSettings {
  const said = new Set(higher.peers.map(({ publicKey }) => publicKey));
  return {
    privateKey: (higher.privateKey ?? "") === "" ? (lower.privateKey ?? "") : (higher.privateKey ?? ""),
    listenPort: higher.listenPort === 0 ? lower.listenPort : higher.listenPort,
    firewallMark: higher.firewallMark === 0 ? lower.firewallMark : higher.firewallMark,
    peers: [...lower.peers.filter(({ publicKey }) => !said.has(publicKey)), ...higher.peers],
  };
}
