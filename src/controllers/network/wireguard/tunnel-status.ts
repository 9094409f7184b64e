import type { WireguardDevice } from "../../../netlink/wireguard/device.ts";
import { Wireguard } from "../../../netlink/wireguard/wireguard.ts";
import type { LinkStatus } from "../../../resources/network/link-status.ts";

type TunnelStatus = NonNullable<LinkStatus["wireguard"]>;

/** Shows WireGuard links as the kernel has them. */
export class TunnelStatuses implements Disposable {
  #wireguard: Wireguard | undefined;

  [Symbol.dispose](): void {
    this.#wireguard?.[Symbol.dispose]();
  }

  /** @param name of a link of this kind: while there is one, the kernel has the family. @throws NetlinkError */
  of(name: string): Pick<LinkStatus, "wireguard"> {
    this.#wireguard ??= new Wireguard();
    const device = this.#wireguard.device(name);
    return device === undefined ? {} : { wireguard: statusOf(device) };
  }
}

/** Everybody who may read may see this: neither the private key nor what peers share is in it. */
export const statusOf = ({ publicKey, listenPort, firewallMark, peers }: WireguardDevice): TunnelStatus => ({
  ...{ publicKey, listenPort, firewallMark },
  peers: peers.map(({ publicKey: key, endpoint, keepaliveSeconds, allowedPrefixes: allowedIPs }) => ({
    ...{ publicKey: key, presharedKey: "", endpoint, allowedIPs },
    persistentKeepaliveInterval: keepaliveSeconds * 1_000,
  })),
});
