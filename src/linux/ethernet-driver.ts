import { ptr } from "bun:ffi";
import { Errno } from "./errno.ts";
import { close, ioctl } from "./file-descriptor.ts";
import { AddressFamily, SocketType, socket } from "./socket.ts";
import { bytes, struct, u32, u64 } from "./struct.ts";
import { SyscallError } from "./syscall-error.ts";

/** SIOCETHTOOL of <linux/sockios.h>, ETHTOOL_GDRVINFO of <linux/ethtool.h>. */
export const DriverRequest = { ethtool: 0x8946, information: 3 } as const;

/** struct ifreq with its pointer, <linux/if.h>; the C union is larger than what is used of it here. */
export const interfaceRequest = struct({ name: bytes(16), data: u64, rest: bytes(16) });
/** struct ethtool_drvinfo, <linux/ethtool.h>. */
export const driverInformation = struct({
  command: u32,
  driver: bytes(32),
  version: bytes(32),
  firmwareVersion: bytes(32),
  busInfo: bytes(32),
  expansionRomVersion: bytes(32),
  reserved: bytes(12),
  privateFlags: u32,
  statistics: u32,
  testResults: u32,
  eepromBytes: u32,
  registerBytes: u32,
});

/** What runs a network device; texts are empty where it does not say. */
export interface EthernetDriver {
  readonly driver: string;
  readonly version: string;
  readonly firmwareVersion: string;
  /** Where it is plugged in: `0000:00:02.0`, or a driver's own idea of a place. */
  readonly busInfo: string;
}

/** Asks drivers who they are: netlink knows everything of a device but that. */
export class EthernetDrivers implements Disposable {
  readonly #fd = socket(AddressFamily.inet4, SocketType.datagram, 0);

  [Symbol.dispose](): void {
    close(this.#fd);
  }

  /**
   * The driver of a link by its name, in the network namespace of the thread that made this.
   * @returns undefined when the link has none to tell of, or is gone
   * @throws SyscallError
   */
  of(link: string): EthernetDriver | undefined {
    const answer = driverInformation.encode({ command: DriverRequest.information });
    const request = interfaceRequest.encode({ name: Buffer.from(link), data: ptr(answer) });
    try {
      ioctl(this.#fd, DriverRequest.ethtool, request, () => `Cannot ask for the driver of ${link}`);
    } catch (thrown) {
      if (thrown instanceof SyscallError && silent.has(thrown.errno)) return undefined;
      throw thrown;
    }
    const { driver, version, firmwareVersion, busInfo } = driverInformation.decode(answer);
    return {
      driver: text(driver),
      version: text(version),
      firmwareVersion: text(firmwareVersion),
      busInfo: text(busInfo),
    };
  }
}

const silent: ReadonlySet<number> = new Set([Errno.EOPNOTSUPP, Errno.ENODEV]);

function text(padded: Uint8Array): string {
  const end = padded.indexOf(0);
  return new TextDecoder().decode(end < 0 ? padded : padded.subarray(0, end));
}
