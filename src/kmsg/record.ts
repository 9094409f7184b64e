/** One message of the kernel's log. */
export interface KmsgRecord {
  /** Who wrote it: 0 the kernel, 1 and up user space, as in syslog(3). */
  readonly facility: number;
  /** 0 emergency … 7 debug. */
  readonly priority: number;
  readonly sequence: number;
  /** Microseconds since boot. */
  readonly timestamp: number;
  readonly text: string;
}

/**
 * Reads one record as /dev/kmsg returns it: `6,339,5140900,-;text`, then lines of ` KEY=value`.
 * Source: Documentation/ABI/testing/dev-kmsg.
 * @returns undefined when the bytes are no record.
 */
export function parseKmsgRecord(bytes: Uint8Array): KmsgRecord | undefined {
  const match = /^(\d+),(\d+),(\d+),[^;]*;([^\n]*)/.exec(new TextDecoder().decode(bytes));
  if (match === null) return undefined;
  const prefix = Number(match[1]);
  return {
    facility: Math.floor(prefix / 8),
    priority: prefix % 8,
    sequence: Number(match[2]),
    timestamp: Number(match[3]),
    text: unescapeHex(match[4] ?? ""),
  };
}

/** The kernel writes bytes outside printable ASCII, and the backslash, as `\xNN`; together they are UTF-8 again. */
function unescapeHex(text: string): string {
  if (!text.includes("\\x")) return text;
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const hex = /^\\x([0-9a-f]{2})/i.exec(text.slice(at, at + 4))?.[1];
    if (hex === undefined) bytes.push(...Buffer.from(text.charAt(at)));
    else {
      bytes.push(Number.parseInt(hex, 16));
      at += 3;
    }
  }
  return Buffer.from(bytes).toString();
}
