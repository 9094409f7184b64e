import { byPath, type FileEntry } from "./file-entry.ts";

const block = 512;
const typeFlags = { file: "0", link: "2", device: "3", directory: "5" } as const;

/**
 * The tree as a tar stream, POSIX.1-2001 (pax). The same entries give the same bytes: they are sorted, belong to root
 * and have one modification time.
 * @param modifiedS seconds since 1970.
 */
export async function* writeTar(
  entries: Iterable<FileEntry>,
  modifiedS = 0,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const entry of [...entries].toSorted(byPath)) {
    const size = entry.kind === "file" ? entry.content.size : 0;
    yield* extendedHeader(entry, size);
    yield header(entry, size, typeFlags[entry.kind], modifiedS);
    if (entry.kind !== "file" || size === 0) continue;
    yield* entry.content.stream();
    yield new Uint8Array(padding(size));
  }
  // Two empty blocks end the archive.
  yield new Uint8Array(2 * block);
}

/** A pax record for what the old header has no room for: long names. */
function* extendedHeader(entry: FileEntry, size: number): Generator<Uint8Array, void, undefined> {
  const records: Uint8Array[] = [];
  if (Buffer.byteLength(tarName(entry)) > 100) records.push(paxRecord("path", tarName(entry)));
  if (entry.kind === "link" && Buffer.byteLength(entry.target) > 100) records.push(paxRecord("linkpath", entry.target));
  if (size > 0o77777777777) records.push(paxRecord("size", String(size)));
  if (entry.kind === "file" && entry.capabilities !== undefined)
    records.push(paxRecord("SCHILY.xattr.security.capability", capabilityAttribute(entry.capabilities)));
  if (records.length === 0) return;
  const body = Buffer.concat(records);
  yield header({ kind: "file", path: "././@PaxHeader", mode: 0o644, content: new Blob() }, body.length, "x", 0);
  yield Buffer.concat([body, Buffer.alloc(padding(body.length))]);
}

/** `<length> <key>=<value>\n`, where the length counts itself. */
function paxRecord(key: string, value: string | Uint8Array): Uint8Array {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from("\n")]);
  let length = rest.length + String(rest.length).length;
  if (rest.length + String(length).length !== length) length += 1;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

/** The attribute that the kernel keeps with a file (linux/capability.h, vfs_cap_data, version 2). */
function capabilityAttribute(permitted: number): Uint8Array {
  const effective = 1;
  const bytes = Buffer.alloc(20);
  bytes.writeUInt32LE(0x02000000 | effective, 0);
  bytes.writeUInt32LE(permitted, 4);
  return bytes;
}

function header(entry: FileEntry, size: number, type: string, modifiedS: number): Uint8Array {
  const bytes = Buffer.alloc(block);
  const octal = (value: number, at: number, digits: number) =>
    bytes.write(value.toString(8).padStart(digits, "0"), at, digits);
  bytes.write(Buffer.from(tarName(entry)).subarray(0, 100).toString("latin1"), 0, 100, "latin1");
  octal(entry.kind === "link" ? 0o777 : entry.mode, 100, 7);
  octal(0, 108, 7); // uid
  octal(0, 116, 7); // gid
  octal(Math.min(size, 0o77777777777), 124, 11);
  octal(modifiedS, 136, 11);
  bytes.write(type, 156);
  if (entry.kind === "link")
    bytes.write(Buffer.from(entry.target).subarray(0, 100).toString("latin1"), 157, 100, "latin1");
  bytes.write("ustar\u000000", 257, "latin1");
  octal(entry.kind === "device" ? entry.major : 0, 329, 7);
  octal(entry.kind === "device" ? entry.minor : 0, 337, 7);
  // The checksum is taken with its own field full of spaces.
  bytes.fill(" ", 148, 156);
  octal(
    bytes.reduce((sum, byte) => sum + byte, 0),
    148,
    6,
  );
  bytes[154] = 0;
  return bytes;
}

function tarName(entry: FileEntry): string {
  return entry.kind === "directory" ? `${entry.path}/` : entry.path;
}

function padding(size: number): number {
  return (block - (size % block)) % block;
}
