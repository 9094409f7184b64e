import type { LogLevel } from "../../cosi/controller.ts";
import type { Log, LogRing } from "../machine.ts";

/** Where the controllers' lines go. */
export interface ControllerLog {
  /** Whether lines for those who look for a fault are kept as well: `debug` of the configuration. */
  debug: boolean;
  write(controller: string, level: LogLevel, message: string): void;
}

/**
 * All lines go to the log that `talosctl logs controller-runtime` shows, with their time and level. The machine's own
 * log has them too, but for those of level debug: there are hundreds a second, and it must stay readable.
 */
export function createControllerLog(log: Log, ring: LogRing, now: () => Date = () => new Date()): ControllerLog {
  const encoder = new TextEncoder();
  return {
    debug: false,
    write(controller, level, message) {
      if (level === "debug" && !this.debug) return;
      const fields = `{"component": "controller-runtime", "controller": ${JSON.stringify(controller)}}`;
      const text = message.replaceAll("\n", " | ");
      ring.write(encoder.encode(`${now().toISOString()} ${level.toUpperCase()} ${text} ${fields}\n`));
      if (level !== "debug") log(level, `${controller}: ${message}`);
    },
  };
}

/** The machine's log, also kept for `talosctl logs machined`: the kernel's ring is small, and shared with the kernel. */
export function keepLog(log: Log, ring: LogRing, now: () => Date = () => new Date()): Log {
  const encoder = new TextEncoder();
  return (level, text) => {
    log(level, text);
    if (level === "debug") return;
    ring.write(encoder.encode(`${now().toISOString()} ${level.toUpperCase()} ${text.replaceAll("\n", " | ")}\n`));
  };
}
