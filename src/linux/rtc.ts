import { close, ioctl, OpenFlag, open } from "./file-descriptor.ts";
import { i32, struct } from "./struct.ts";

/** ioctl request, from <linux/rtc.h>. */
export const RtcRequest = { set: 0x4024700a } as const;

/** struct rtc_time: months count from 0, years from 1900, as in struct tm. */
export const rtcTime = struct({
  second: i32,
  minute: i32,
  hour: i32,
  day: i32,
  month: i32,
  year: i32,
  weekday: i32,
  dayOfYear: i32,
  summerTime: i32,
});

/** The clock that goes on while a machine is off; most machines have one, and begin with what it says. */
const firstClock = "/dev/rtc0";

/** Sets the hardware's clock, rtc(4), in UTC and to the second. @throws SyscallError when there is none. */
export function setHardwareClock(unixMs: number, path = firstClock): void {
  const at = new Date(unixMs);
  const argument = rtcTime.encode({
    second: at.getUTCSeconds(),
    minute: at.getUTCMinutes(),
    hour: at.getUTCHours(),
    day: at.getUTCDate(),
    month: at.getUTCMonth(),
    year: at.getUTCFullYear() - 1900,
  });
  const fd = open(path, OpenFlag.writeOnly);
  try {
    ioctl(fd, RtcRequest.set, argument, () => `Cannot set ${path} to ${at.toISOString()}`);
  } finally {
    close(fd);
  }
}
