import { KmsgWriter } from "../kmsg/writer.ts";
import type { Log, LogLevel } from "./machine.ts";

const PREFIX = "[talos]";
const kmsgLevels = { debug: "debug", info: "info", warn: "warning", error: "error" } as const;

/**
 * The machine's own log: the kernel's ring where we may write it, so that the console and dmesg show one story;
 * otherwise (in a container) standard error, which the container's runtime keeps.
 */
export function createLog(): Log {
  const kmsg = openKmsg();
  return (level, text) => {
    if (kmsg !== undefined) {
      for (const line of text.split("\n")) kmsg.write(kmsgLevels[level], `${PREFIX} ${line}`);
    } else if (level !== "debug") console.error(line(level, text));
  };
}

function openKmsg(): KmsgWriter | undefined {
  try {
    return new KmsgWriter();
  } catch {
    return undefined; // no such device, or not ours
  }
}

const line = (level: LogLevel, text: string) => `${new Date().toISOString()} ${PREFIX} ${level}: ${text}`;
