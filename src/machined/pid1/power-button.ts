import { readdirSync, readFileSync } from "node:fs";
import { Errno } from "../../linux/errno.ts";
import { close, OpenFlag, open, read } from "../../linux/file-descriptor.ts";
import { watchReadable } from "../../linux/readiness.ts";
import { SyscallError } from "../../linux/syscall-error.ts";

/** Constants of <linux/input-event-codes.h>. */
const EV_KEY = 1;
const KEY_POWER = 116;
const PRESSED = 1;
/** sizeof(struct input_event) on 64-bit machines: 16 bytes of time, then type, code and value. */
const EVENT_BYTES = 24;

/** Whether a buffer of struct input_event contains a press of the power button. */
export function hasPowerPress(events: Uint8Array): boolean {
  const view = new DataView(events.buffer, events.byteOffset, events.byteLength);
  for (let at = 0; at + EVENT_BYTES <= events.byteLength; at += EVENT_BYTES) {
    const isPower = view.getUint16(at + 16, true) === EV_KEY && view.getUint16(at + 18, true) === KEY_POWER;
    if (isPower && view.getInt32(at + 20, true) === PRESSED) return true;
  }
  return false;
}

/** Whether a key bitmap as sysfs prints it (64-bit words in hex, highest first) has a bit set. */
export function hasKey(bitmap: string, key: number): boolean {
  const words = bitmap.trim().split(/\s+/);
  const word = words.at(-1 - Math.floor(key / 64));
  return word !== undefined && /^[0-9a-f]+$/i.test(word) && (BigInt(`0x${word}`) & (1n << BigInt(key % 64))) !== 0n;
}

/** Calls back when an ACPI power button is pressed. Machines without one are fine. */
export function watchPowerButton(onPress: () => void): Disposable {
  const watches = powerButtons().map((path) => {
    const fd = open(path, OpenFlag.readOnly | OpenFlag.nonBlocking);
    const buffer = new Uint8Array(EVENT_BYTES * 64);
    const watch = watchReadable(
      fd,
      () => {
        for (let size = read(fd, buffer); size !== undefined && size > 0; size = read(fd, buffer)) {
          if (hasPowerPress(buffer.subarray(0, size))) onPress();
        }
      },
      (thrown) => {
        // The device was unplugged.
        if (!(thrown instanceof SyscallError && thrown.errno === Errno.ENODEV)) throw thrown;
      },
    );
    return { watch, fd };
  });
  return {
    [Symbol.dispose]() {
      for (const { watch, fd } of watches) {
        watch[Symbol.dispose]();
        close(fd);
      }
    },
  };
}

function powerButtons(): string[] {
  const base = "/sys/class/input";
  try {
    return readdirSync(base)
      .filter((name) => name.startsWith("event"))
      .filter((name) => hasKey(readFileSync(`${base}/${name}/device/capabilities/key`, "utf8"), KEY_POWER))
      .map((name) => `/dev/input/${name}`);
  } catch {
    return []; // no input devices at all
  }
}
