import { Failure } from "../errors/failure.ts";
import type { FileEntry } from "./file-entry.ts";

const block = 512;
const kinds: Readonly<Record<string, FileEntry["kind"]>> = {
  "0": "file",
  "\0": "file",
  "2": "link",
  "3": "device",
  "5": "directory",
};
const decoder = new TextDecoder();

/** What a pax or GNU header says about the entry that follows it. */
interface Overrides {
  path?: string;
  target?: string;
  sizeBytes?: number;
}

/**
 * The entries of a tar archive: ustar, pax and GNU long names. Hard links, block devices, fifos and sparse files
 * are passed over. Contents are views of `archive`, not copies.
 * @throws Failure when the archive is damaged or ends early.
 */
export function* readTar(archive: Uint8Array<ArrayBuffer>): Generator<FileEntry, void, undefined> {
  let overrides: Overrides = {};
  for (let at = 0; at + block <= archive.length; ) {
    const header = archive.subarray(at, at + block);
    if (header.every((byte) => byte === 0)) return;
    verifyChecksum(header, at);
    const type = String.fromCharCode(header[156] ?? 0);
    const size = overrides.sizeBytes ?? numberAt(header, 124, 12);
    const start = at + block;
    const end = start + size;
    if (end > archive.length) throw new Failure(`Cannot read tar archive: it ends within the entry at byte ${at}`);
    const body = archive.subarray(start, end);
    at = end + ((block - (size % block)) % block);

    if (type === "x" || type === "g") {
      if (type === "x") overrides = { ...overrides, ...paxOverrides(body) };
      continue;
    }
    if (type === "L" || type === "K") {
      const text = decoder.decode(body).replace(/\0+$/, "");
      overrides = type === "L" ? { ...overrides, path: text } : { ...overrides, target: text };
      continue;
    }
    const entry = entryOf(header, type, body, overrides);
    overrides = {};
    if (entry !== undefined) yield entry;
  }
}

function entryOf(
  header: Uint8Array,
  type: string,
  body: Uint8Array<ArrayBuffer>,
  overrides: Overrides,
): FileEntry | undefined {
  const kind = kinds[type];
  const path = cleanPath(overrides.path ?? ustarPath(header));
  if (kind === undefined || path === "") return undefined;
  const mode = numberAt(header, 100, 8) & 0o7777;
  switch (kind) {
    case "file":
      return { kind, path, mode, content: new Blob([body]) };
    case "directory":
      return { kind, path, mode };
    case "link":
      return { kind, path, target: overrides.target ?? textAt(header, 157, 100) };
    case "device":
      return { kind, path, mode, major: numberAt(header, 329, 8), minor: numberAt(header, 337, 8) };
  }
}

/** @throws Failure for a path that would leave the tree. */
function cleanPath(path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) throw new Failure(`Cannot read tar archive: the path "${path}" leads out of it`);
  return parts.join("/");
}

function ustarPath(header: Uint8Array): string {
  const prefix = textAt(header, 257, 6).startsWith("ustar") ? textAt(header, 345, 155) : "";
  const name = textAt(header, 0, 100);
  // GNU tar writes "ustar  " and keeps times where ustar has the prefix.
  const isGnu = header[262] === 0x20;
  return prefix === "" || isGnu ? name : `${prefix}/${name}`;
}

function paxOverrides(body: Uint8Array): Overrides {
  const overrides: Overrides = {};
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(0x20, at);
    const length = Number(decoder.decode(body.subarray(at, space)));
    if (space < 0 || !Number.isInteger(length) || length <= space - at || at + length > body.length)
      throw new Failure("Cannot read tar archive: a pax header is damaged");
    const [key, ...value] = decoder.decode(body.subarray(space + 1, at + length - 1)).split("=");
    if (key === "path") overrides.path = value.join("=");
    if (key === "linkpath") overrides.target = value.join("=");
    if (key === "size") overrides.sizeBytes = sizeOf(value.join("="));
    at += length;
  }
  return overrides;
}

function sizeOf(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new Failure(`Cannot read tar archive: "${text}" is not a size`);
  return Number(text);
}

function verifyChecksum(header: Uint8Array, at: number): void {
  let sum = 0;
  for (let index = 0; index < block; index++) sum += index >= 148 && index < 156 ? 0x20 : (header[index] ?? 0);
  if (sum !== numberAt(header, 148, 8))
    throw new Failure(`Cannot read tar archive: the checksum at byte ${at} is wrong`);
}

function textAt(bytes: Uint8Array, offset: number, length: number): string {
  const field = bytes.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return decoder.decode(end < 0 ? field : field.subarray(0, end));
}

/** An octal number, or a binary one when its first bit is set, GNU's form for large sizes. */
function numberAt(bytes: Uint8Array, offset: number, length: number): number {
  if (((bytes[offset] ?? 0) & 0x80) === 0) {
    const text = textAt(bytes, offset, length).trim();
    if (!/^[0-7]*$/.test(text)) throw new Failure(`Cannot read tar archive: "${text}" is not a number`);
    return text === "" ? 0 : Number.parseInt(text, 8);
  }
  let value = (bytes[offset] ?? 0) & 0x7f;
  for (const byte of bytes.subarray(offset + 1, offset + length)) value = value * 256 + byte;
  if (!Number.isSafeInteger(value)) throw new Failure("Cannot read tar archive: a number is too large");
  return value;
}
