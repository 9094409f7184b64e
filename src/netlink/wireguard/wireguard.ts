import { Errno } from "../../linux/errno.ts";
import { GenericFamily } from "../generic/generic-netlink.ts";
import { NetlinkError } from "../netlink-error.ts";
import { DeviceAttribute, WireguardCommand, wireguardVersion } from "./constants.ts";
import { decodeDevice, type WireguardDevice } from "./device.ts";
import { encodeChange, type WireguardChange } from "./device-change.ts";

const version = wireguardVersion;

/** WireGuard's links of the network namespace of the thread that opens it: keys and peers, which rtnetlink has not. */
export class Wireguard implements Disposable {
  readonly #family: GenericFamily;

  /** @throws Failure when the kernel has no WireGuard, or its module is not loaded yet */
  constructor() {
    this.#family = GenericFamily.open("wireguard");
  }

  [Symbol.dispose](): void {
    this.#family[Symbol.dispose]();
  }

  /** The link's keys and peers; undefined when there is no such WireGuard link. @throws NetlinkError */
  device(name: string): WireguardDevice | undefined {
    const describe = () => `Cannot read the WireGuard link "${name}"`;
    const attributes = [[DeviceAttribute.name, name]] as const;
    try {
      return decodeDevice(this.#family.dump({ command: WireguardCommand.get, version, attributes, describe }));
    } catch (thrown) {
      if (thrown instanceof NetlinkError && missing.has(thrown.errno)) return undefined;
      throw thrown;
    }
  }

  /** @throws NetlinkError; when there are many peers, some of them may be changed by then */
  configure(name: string, change: WireguardChange): void {
    const describe = () => `Cannot configure the WireGuard link "${name}"`;
    for (const attributes of encodeChange(name, change)) {
      this.#family.request({ command: WireguardCommand.set, version, attributes, describe });
    }
  }
}

/** There is no link of this name, or it is of another kind. */
const missing: ReadonlySet<number> = new Set([Errno.ENODEV, Errno.EOPNOTSUPP]);
