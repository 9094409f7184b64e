import { Failure } from "../../src/errors/failure.ts";

/**
 * What a kernel module's .modinfo section says, in its order under each key: `alias` and `parm` repeat.
 * @param module the bytes of an uncompressed .ko file: a 64-bit little-endian relocatable ELF object.
 * @throws Failure when there is no such section.
 */
export function readModinfo(module: Uint8Array): ReadonlyMap<string, readonly string[]> {
  const section = findSection(module, ".modinfo");
  if (section === undefined) throw new Failure("Cannot read kernel module: it has no .modinfo section");
  const values = new Map<string, string[]>();
  for (const pair of new TextDecoder().decode(section).split("\0")) {
    const end = pair.indexOf("=");
    if (end > 0) values.getOrInsertComputed(pair.slice(0, end), () => []).push(pair.slice(end + 1));
  }
  return values;
}

function findSection(elf: Uint8Array, wanted: string): Uint8Array | undefined {
  if (elf.length < 64) return undefined;
  const view = new DataView(elf.buffer, elf.byteOffset, elf.byteLength);
  const table = Number(view.getBigUint64(40, true));
  const [entrySize, count, namesIndex] = [58, 60, 62].map((at) => view.getUint16(at, true)) as [number, number, number];
  const bytesOf = (index: number): Uint8Array => {
    const at = table + index * entrySize;
    const start = Number(view.getBigUint64(at + 24, true));
    return elf.subarray(start, start + Number(view.getBigUint64(at + 32, true)));
  };
  const names = new TextDecoder("latin1").decode(bytesOf(namesIndex));
  for (let index = 0; index < count; index++) {
    const nameAt = view.getUint32(table + index * entrySize, true);
    if (names.startsWith(`${wanted}\0`, nameAt)) return bytesOf(index);
  }
  return undefined;
}
