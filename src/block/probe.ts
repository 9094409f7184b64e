import { close, open, read } from "../linux/file-descriptor.ts";

/** What a block device or image holds. */
export interface FileSystem {
  readonly type: "xfs" | "ext4" | "squashfs" | "vfat" | "iso9660" | "luks" | "swap";
  readonly label: string | undefined;
  readonly uuid: string | undefined;
}

/** Enough for every magic number below: iso9660's is the farthest, at 32 KiB. */
export const probeSizeBytes = 36 * 1_024;

interface Signature {
  readonly type: FileSystem["type"];
  readonly offset: number;
  readonly magic: readonly number[];
  readonly label?: { readonly offset: number; readonly size: number };
  readonly uuidOffset?: number;
}

const ascii = (text: string) => [...Buffer.from(text, "latin1")];

/** Superblocks, from the kernel's headers of each file system. */
const signatures: readonly Signature[] = [
  { type: "luks", offset: 0, magic: [...ascii("LUKS"), 0xba, 0xbe] },
  { type: "xfs", offset: 0, magic: ascii("XFSB"), label: { offset: 108, size: 12 }, uuidOffset: 32 },
  { type: "squashfs", offset: 0, magic: ascii("hsqs") },
  { type: "ext4", offset: 1_080, magic: [0x53, 0xef], label: { offset: 1_144, size: 16 }, uuidOffset: 1_128 },
  { type: "vfat", offset: 82, magic: ascii("FAT32   "), label: { offset: 71, size: 11 } },
  { type: "vfat", offset: 54, magic: ascii("FAT16   "), label: { offset: 43, size: 11 } },
  { type: "swap", offset: 4_086, magic: ascii("SWAPSPACE2"), label: { offset: 1_052, size: 16 }, uuidOffset: 1_036 },
  { type: "iso9660", offset: 32_769, magic: ascii("CD001"), label: { offset: 32_808, size: 32 } },
];

/** Tells which file system a device holds, by its superblock; undefined when it is none that we know. */
export function probeFileSystem(path: string): FileSystem | undefined {
  const device = open(path);
  try {
    const head = new Uint8Array(probeSizeBytes);
    let filled = 0;
    while (filled < head.length) {
      const length = read(device, head.subarray(filled)) ?? 0;
      if (length === 0) break;
      filled += length;
    }
    return identify(head.subarray(0, filled));
  } finally {
    close(device);
  }
}

/** As `probeFileSystem`, of the device's first bytes. */
export function identify(head: Uint8Array): FileSystem | undefined {
  const found = signatures.find(({ offset, magic }) => magic.every((byte, index) => head[offset + index] === byte));
  if (found === undefined) return undefined;
  const { type, label, uuidOffset } = found;
  const labelBytes = label === undefined ? undefined : head.subarray(label.offset, label.offset + label.size);
  const uuidBytes = uuidOffset === undefined ? undefined : head.subarray(uuidOffset, uuidOffset + 16);
  return { type, label: labelText(labelBytes), uuid: uuidText(uuidBytes) };
}

function labelText(bytes: Uint8Array | undefined): string | undefined {
  const text = Buffer.from(bytes ?? [])
    .toString("latin1")
    .replace(/\0.*$/s, "")
    .trimEnd();
  return text === "" ? undefined : text;
}

function uuidText(bytes: Uint8Array | undefined): string | undefined {
  if (bytes?.length !== 16 || bytes.every((byte) => byte === 0)) return undefined;
  return Buffer.from(bytes)
    .toString("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
