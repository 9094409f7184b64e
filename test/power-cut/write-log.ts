import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/**
 * One request of a machine to its disk, from the log that QEMU's block driver `blklogwrites` writes. The format is that
 * of the kernel's dm-log-writes: a head of one sector, then for each request a sector that describes it and its data.
 */
export interface LoggedRequest {
  readonly kind: "write" | "discard" | "flush";
  /** On the disk. */
  readonly offsetBytes: number;
  readonly lengthBytes: number;
  /** Stored when it was answered, whatever else is not: FUA. */
  readonly isDurable: boolean;
  /** Where its data stand in the log. */
  readonly dataOffset: number;
  /** Size of the log when this request was its last. */
  readonly endOffset: number;
}

const flag = { flush: 1n, forceUnitAccess: 2n, discard: 4n } as const;
const magic = 0x6a_73_66_77_73_68_72n;

/** The requests of a log, in the order in which the disk answered them; a last one that is incomplete is left out. */
export function readWriteLog(path: string): LoggedRequest[] {
  const file = openSync(path, "r");
  try {
    const head = readAt(file, 0, 512);
    if (head.readBigUInt64LE(0) !== magic) throw new Error(`${path} is not a log of writes`);
    const sectorBytes = head.readUInt32LE(24);
    const { size } = fstatSync(file);
    const requests: LoggedRequest[] = [];
    for (let at = sectorBytes; at + sectorBytes <= size; ) {
      const entry = readAt(file, at, 32);
      const flags = entry.readBigUInt64LE(16);
      const isDiscard = (flags & flag.discard) !== 0n;
      const lengthBytes = Number(entry.readBigUInt64LE(8)) * sectorBytes;
      const dataOffset = at + sectorBytes;
      const endOffset = dataOffset + (isDiscard ? 0 : lengthBytes);
      if (endOffset > size) break;
      requests.push({
        kind: isDiscard ? "discard" : lengthBytes === 0 ? "flush" : "write",
        offsetBytes: Number(entry.readBigUInt64LE(0)) * sectorBytes,
        ...{ lengthBytes, dataOffset, endOffset },
        isDurable: (flags & flag.forceUnitAccess) !== 0n,
      });
      at = endOffset;
    }
    return requests;
  } finally {
    closeSync(file);
  }
}

export function readAt(file: number, offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const size = readSync(file, bytes, filled, length - filled, offset + filled);
    if (size === 0) break;
    filled += size;
  }
  return bytes;
}
