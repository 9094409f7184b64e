import type { Stats } from "node:fs";

const type = {
  mask: 0o170000,
  socket: 0o140000,
  symlink: 0o120000,
  block: 0o060000,
  directory: 0o040000,
  character: 0o020000,
  pipe: 0o010000,
};

/**
 * A file's mode in the bits of Go's os.FileMode, which is what the API carries: the permission bits are Unix's,
 * the type and the set-id and sticky bits sit at the top of 32.
 */
export function goFileMode({ mode }: Pick<Stats, "mode">): number {
  const bits = [
    mode & 0o777,
    kindBits[mode & type.mask] ?? 0,
    mode & 0o4000 ? 1 << 23 : 0,
    mode & 0o2000 ? 1 << 22 : 0,
    mode & 0o1000 ? 1 << 20 : 0,
  ];
  return bits.reduce((all, bit) => all | bit, 0) >>> 0;
}

const kindBits: Readonly<Record<number, number>> = {
  [type.directory]: 1 << 31,
  [type.symlink]: 1 << 27,
  [type.block]: 1 << 26,
  [type.character]: (1 << 26) | (1 << 21),
  [type.pipe]: 1 << 25,
  [type.socket]: 1 << 24,
};
