/** A file at the root of an image. */
export interface IsoFile {
  /** As ISO 9660 names files: `CONFIG.YAML`; Linux shows it in lower case. */
  readonly name: string;
  readonly content: Uint8Array;
}

const sectorBytes = 2_048;
/** Where things lie, in sectors; what comes before the first is for systems that boot from the image. */
const at = { descriptor: 16, terminator: 17, littlePaths: 18, bigPaths: 19, root: 20, files: 21 } as const;
const directoryFlag = 2;

/**
 * An ISO 9660 image of a few files (ECMA-119): enough for a machine that looks for its config on a volume.
 * @param label at most 32 characters
 * @param files in the order of their names; a dozen
 */
export function isoImage(label: string, files: readonly IsoFile[]): Uint8Array {
  let sectors: number = at.files;
  const placed = files.map((file) => {
    const extent = sectors;
    sectors += Math.ceil(file.content.length / sectorBytes);
    return { ...file, extent };
  });
  const image = Buffer.alloc(sectors * sectorBytes);
  const sector = (index: number) => image.subarray(index * sectorBytes, (index + 1) * sectorBytes);
  const root = record("\0", at.root, sectorBytes, directoryFlag);

  writeDescriptor(sector(at.descriptor), { label, sectors, root });
  sector(at.terminator).write("\xffCD001\x01", "latin1");
  writePaths(sector(at.littlePaths), "little");
  writePaths(sector(at.bigPaths), "big");
  const parent = record("\x01", at.root, sectorBytes, directoryFlag);
  const entries = placed.map(({ name, content, extent }) => record(`${name};1`, extent, content.length, 0));
  Buffer.concat([root, parent, ...entries]).copy(sector(at.root));
  for (const { content, extent } of placed) image.set(content, extent * sectorBytes);
  return image;
}

interface Volume {
  readonly label: string;
  readonly sectors: number;
  readonly root: Buffer;
}

/** The primary volume descriptor, 8.4. */
function writeDescriptor(sector: Buffer, { label, sectors, root }: Volume): void {
  sector.write("\x01CD001\x01", "latin1");
  // Names of the system, the volume, its set and its makers: blank but for one.
  sector.fill(" ", 8, 72);
  sector.fill(" ", 190, 813);
  sector.write(label, 40, 32, "latin1");
  both32(sector, 80, sectors);
  both16(sector, 120, 1);
  both16(sector, 124, 1);
  both16(sector, 128, sectorBytes);
  both32(sector, 132, pathTableBytes);
  sector.writeUInt32LE(at.littlePaths, 140);
  sector.writeUInt32BE(at.bigPaths, 148);
  root.copy(sector, 156);
  // Four dates that nobody has given: sixteen digits and a time zone each.
  for (const offset of [813, 830, 847, 864]) sector.fill("0", offset, offset + 16);
  sector[881] = 1;
}

const pathTableBytes = 10;

/** The path table, 9.4: the root is its own parent. */
function writePaths(sector: Buffer, order: "little" | "big"): void {
  sector[0] = 1;
  if (order === "little") sector.writeUInt32LE(at.root, 2);
  else sector.writeUInt32BE(at.root, 2);
  if (order === "little") sector.writeUInt16LE(1, 6);
  else sector.writeUInt16BE(1, 6);
}

/** A directory record, 9.1. */
function record(name: string, extent: number, bytes: number, flags: number): Buffer {
  const length = 33 + name.length + ((name.length + 1) % 2);
  const entry = Buffer.alloc(length);
  entry[0] = length;
  both32(entry, 2, extent);
  both32(entry, 10, bytes);
  // The date, all zero but for a month and a day, stays 1 January 1900.
  entry[19] = 1;
  entry[20] = 1;
  entry[25] = flags;
  both16(entry, 28, 1);
  entry[32] = name.length;
  entry.write(name, 33, "latin1");
  return entry;
}

/** Numbers are written twice, for machines of either byte order. */
function both32(buffer: Buffer, offset: number, value: number): void {
  buffer.writeUInt32LE(value, offset);
  buffer.writeUInt32BE(value, offset + 4);
}

function both16(buffer: Buffer, offset: number, value: number): void {
  buffer.writeUInt16LE(value, offset);
  buffer.writeUInt16BE(value, offset + 2);
}
