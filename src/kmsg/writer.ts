import { close, OpenFlag, open, write } from "../linux/file-descriptor.ts";

/** Priorities of the kernel's log, from syslog(3). */
export const KmsgLevel = {
  emergency: 0,
  alert: 1,
  critical: 2,
  error: 3,
  warning: 4,
  notice: 5,
  info: 6,
  debug: 7,
} as const;

export type KmsgLevelName = keyof typeof KmsgLevel;

/** The kernel refuses a record of more than 1024 bytes, the prefix included. */
const recordLimit = 1_000;
const facilityDaemon = 3 << 3;

/** Writes to the kernel's log, where a message survives this process and appears on every console. */
export class KmsgWriter implements Disposable {
  readonly #file: number;

  constructor(path = "/dev/kmsg") {
    this.#file = open(path, OpenFlag.writeOnly | OpenFlag.nonBlocking | OpenFlag.append);
  }

  /** One record a line, long lines in pieces. Never waits and never throws: a log must not hold up PID 1. */
  write(level: KmsgLevelName, text: string): void {
    const prefix = `<${facilityDaemon | KmsgLevel[level]}>`;
    for (const line of text.split("\n")) {
      if (line !== "") for (const piece of pieces(line)) this.#put(`${prefix}${piece}\n`);
    }
  }

  [Symbol.dispose](): void {
    close(this.#file);
  }

  #put(record: string): void {
    try {
      write(this.#file, Buffer.from(record));
    } catch {
      // Nothing is left to report to.
    }
  }
}

/** Cuts by bytes but never inside a character. */
function* pieces(line: string): Generator<string> {
  let piece = "";
  let size = 0;
  for (const character of line) {
    const characterSize = Buffer.byteLength(character);
    if (size + characterSize > recordLimit) {
      yield piece;
      piece = "";
      size = 0;
    }
    piece += character;
    size += characterSize;
  }
  yield piece;
}
