import type { WireguardDevicePeer } from "../../../netlink/wireguard/device.ts";
import { joinEndpoint, splitEndpoint } from "../../../netlink/wireguard/endpoint.ts";
import { Wireguard } from "../../../netlink/wireguard/wireguard.ts";
import { linkChange, type WireguardPeerSpec, type WireguardSpec } from "./link-change.ts";
import { PeerNames } from "./peer-names.ts";

/** Brings WireGuard links to the keys and peers that they should have. */
export class WireguardLinks implements Disposable {
  readonly #names = new PeerNames();
  /** What each link's peers were told last of where they are, by public key. */
  readonly #called = new Map<string, Map<string, string>>();
  #wireguard: Wireguard | undefined;

  [Symbol.dispose](): void {
    this.#wireguard?.[Symbol.dispose]();
  }

  /** When a peer's name has got an address, or was refused one. */
  changes(signal: AbortSignal): AsyncIterable<void> {
    return this.#names.changes(signal);
  }

  /**
   * @returns whether anything was changed, and whose address is not known
   * @throws NetlinkError
   */
  sync(name: string, spec: WireguardSpec): { readonly changed: boolean; readonly problems: readonly string[] } {
    // Only now: the family comes with the kernel's module, which the first link loads.
    this.#wireguard ??= new Wireguard();
    const current = this.#wireguard.device(name);
    const problems: string[] = [];
    if (current === undefined) return { changed: false, problems };
    const called = new Map([...(this.#called.get(name) ?? [])].filter(([key]) => isPeer(spec, key)));
    const change = linkChange(current, spec, (peer, known) => {
      const endpoint = this.#endpointOf(peer, known, called, problems);
      if (endpoint !== undefined) called.set(peer.publicKey, peer.endpoint);
      return endpoint;
    });
    if (change !== undefined) this.#wireguard.configure(name, change);
    this.#called.set(name, called);
    const named = problems.map((problem) => `Cannot reach a peer of the link "${name}": ${problem}`);
    return { changed: change !== undefined, problems: named };
  }

  /** Peers move, and are answered where they are heard: what was said once is not said again. */
  #endpointOf(
    { publicKey, endpoint }: WireguardPeerSpec,
    known: WireguardDevicePeer | undefined,
    called: ReadonlyMap<string, string>,
    problems: string[],
  ): string | undefined {
    if (endpoint === "" || (known !== undefined && called.get(publicKey) === endpoint)) return undefined;
    const { host, port } = splitEndpoint(endpoint);
    const found = this.#names.find(host);
    if (found !== undefined && "problem" in found) problems.push(found.problem);
    return found !== undefined && "address" in found ? joinEndpoint(found.address, port) : undefined;
  }
}

const isPeer = ({ peers }: WireguardSpec, key: string): boolean => peers.some(({ publicKey }) => publicKey === key);
