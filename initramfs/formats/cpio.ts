import { byPath, type FileEntry } from "../../src/oci/file-entry.ts";

const types = { file: 0o100000, directory: 0o040000, link: 0o120000, device: 0o020000 } as const;

/**
 * The tree as a cpio archive in the "newc" form that the kernel unpacks as its initramfs
 * (Documentation/driver-api/early-userspace/buffer-format.rst). The same entries give the same bytes.
 */
export async function* writeCpio(entries: Iterable<FileEntry>): AsyncGenerator<Uint8Array, void, undefined> {
  let inode = 0;
  for (const entry of [...entries].toSorted(byPath)) {
    inode += 1;
    const content = contentOf(entry);
    yield header(entry.path, {
      inode,
      mode: types[entry.kind] | (entry.kind === "link" ? 0o777 : entry.mode),
      size: content.size,
      ...(entry.kind === "device" ? { major: entry.major, minor: entry.minor } : {}),
    });
    if (content.size === 0) continue;
    yield* content.stream();
    yield new Uint8Array(padding(content.size));
  }
  yield header("TRAILER!!!", { inode: 0, mode: 0, size: 0 });
}

interface Fields {
  readonly inode: number;
  readonly mode: number;
  readonly size: number;
  readonly major?: number;
  readonly minor?: number;
}

/** Magic, thirteen numbers of eight hex digits, the name with its NUL, and padding to four bytes. */
function header(name: string, { inode, mode, size, major = 0, minor = 0 }: Fields): Uint8Array {
  const nameSize = Buffer.byteLength(name) + 1;
  const [uid, gid, links, modified, deviceMajor, deviceMinor, checksum] = [0, 0, 1, 0, 0, 0, 0];
  const numbers = [
    inode,
    mode,
    uid,
    gid,
    links,
    modified,
    size,
    deviceMajor,
    deviceMinor,
    major,
    minor,
    nameSize,
    checksum,
  ];
  const text = `070701${numbers.map((number) => number.toString(16).padStart(8, "0")).join("")}${name}\0`;
  const bytes = Buffer.from(text);
  return Buffer.concat([bytes, Buffer.alloc(padding(bytes.length))]);
}

function contentOf(entry: FileEntry): Blob {
  if (entry.kind === "file") return entry.content;
  return entry.kind === "link" ? new Blob([entry.target]) : new Blob();
}

function padding(size: number): number {
  return (4 - (size % 4)) % 4;
}
