import { Failure } from "../../src/errors/failure.ts";

/** What the dynamic loader will want for a program or library, from its dynamic section (elf(5)). */
export interface ElfFile {
  /** Path of the dynamic loader; libraries and static programs have none. */
  readonly interpreter: string | undefined;
  /** Names of libraries, such as `libc.so.6`. */
  readonly needed: readonly string[];
}

const magic = 0x7f454c46;
const programHeader = { load: 1, dynamic: 2, interpreter: 3 } as const;
const dynamicTag = { end: 0, needed: 1, stringTable: 5 } as const;

export function isElf(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) === magic;
}

/**
 * Reads a 64-bit little-endian ELF file.
 * @throws Failure when it is of another kind, or damaged.
 */
export function readElf(bytes: Uint8Array): ElfFile {
  if (!isElf(bytes) || bytes[4] !== 2 || bytes[5] !== 1)
    throw new Failure("Cannot read ELF file: it is not 64-bit little-endian");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return read(bytes, view);
  } catch (cause) {
    throw new Failure("Cannot read ELF file: an offset leads out of it", { cause });
  }
}

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

function read(bytes: Uint8Array, view: DataView): ElfFile {
  const segments = segmentsOf(view);
  const interpreter = segments.find(({ type }) => type === programHeader.interpreter);
  const dynamic = segments.find(({ type }) => type === programHeader.dynamic);
  return {
    interpreter: interpreter === undefined ? undefined : textAt(bytes, interpreter.offset),
    needed: dynamic === undefined ? [] : neededOf(bytes, view, dynamic, segments),
  };
}

function neededOf(bytes: Uint8Array, view: DataView, dynamic: Segment, segments: readonly Segment[]): string[] {
  const names: number[] = [];
  let table: number | undefined;
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.size; at += 16) {
    const tag = word(view, at);
    if (tag === dynamicTag.end) break;
    if (tag === dynamicTag.needed) names.push(word(view, at + 8));
    if (tag === dynamicTag.stringTable) table = fileOffset(word(view, at + 8), segments);
  }
  const strings = table ?? 0;
  return names.map((name) => textAt(bytes, strings + name));
}

/** The dynamic section speaks of addresses in memory; this finds where in the file they came from. */
function fileOffset(address: number, segments: readonly Segment[]): number {
  const segment = segments.find(
    ({ type, address: start, size }) => type === programHeader.load && address >= start && address < start + size,
  );
  if (segment === undefined) throw new RangeError(`no segment holds address ${address}`);
  return address - segment.address + segment.offset;
}

function segmentsOf(view: DataView): Segment[] {
  const table = word(view, 32);
  const entrySize = view.getUint16(54, true);
  return Array.from({ length: view.getUint16(56, true) }, (_, index) => {
    const at = table + index * entrySize;
    return {
      type: view.getUint32(at, true),
      offset: word(view, at + 8),
      address: word(view, at + 16),
      size: word(view, at + 32),
    };
  });
}

function word(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}

function textAt(bytes: Uint8Array, offset: number): string {
  const end = bytes.indexOf(0, offset);
  if (offset >= bytes.length || end < 0) throw new RangeError(`no text at ${offset}`);
  return new TextDecoder().decode(bytes.subarray(offset, end));
}
