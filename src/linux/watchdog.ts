import { close, ioctl, OpenFlag, open, write } from "./file-descriptor.ts";
import { i32, struct } from "./struct.ts";

/** ioctl requests, from <linux/watchdog.h>. */
export const WatchdogRequest = { keepAlive: 0x80045705, setTimeout: 0xc0045706 } as const;

const seconds = struct({ value: i32 });

/** A device that restarts the machine unless it is fed in time. Open it only to feed it: it counts from then on. */
export class Watchdog implements Disposable {
  readonly path: string;
  readonly #fd: number;

  /** @throws SyscallError when there is no such device, or somebody else feeds it. */
  constructor(path: string) {
    this.path = path;
    this.#fd = open(path, OpenFlag.readWrite);
  }

  /** @returns the time that the device really takes, in seconds. @throws SyscallError for one that it cannot take. */
  setTimeout(wantedSeconds: number): number {
    const argument = seconds.encode({ value: wantedSeconds });
    ioctl(this.#fd, WatchdogRequest.setTimeout, argument, () => `Cannot set ${this.path} to ${wantedSeconds} seconds`);
    return seconds.decode(argument).value;
  }

  feed(): void {
    ioctl(this.#fd, WatchdogRequest.keepAlive, 0, () => `Cannot feed ${this.path}`);
  }

  /** Tells it that nobody will feed it any more, on purpose; one that cannot be stopped restarts the machine. */
  [Symbol.dispose](): void {
    write(this.#fd, new TextEncoder().encode("V"));
    close(this.#fd);
  }
}
