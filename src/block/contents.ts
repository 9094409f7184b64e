import { isBlank } from "./blank.ts";
import { isClaimed } from "./claim.ts";
import { type BlockDevice, openDevice } from "./device.ts";
import { decodeTable } from "./gpt/decode.ts";
import { identify, probeSizeBytes } from "./probe.ts";

/** What a whole disk holds, as far as we care. */
export type Contents =
  | { readonly kind: "blank" }
  /** We began to divide it, and were interrupted. */
  | { readonly kind: "claimed" }
  /** Somebody's: it is not touched. In words: `an ext4 file system called "data"`. */
  | { readonly kind: "used"; readonly by: string };

/**
 * Looks at a disk.
 * @throws Failure when it cannot be read.
 */
export function contentsOf(path: string): Contents {
  using device = openDevice(path);
  if (isClaimed(device)) return { kind: "claimed" };
  if (isBlank(device)) return { kind: "blank" };
  return { kind: "used", by: describe(device) };
}

function describe(device: BlockDevice): string {
  const { sizeBytes, sectorBytes } = device;
  const sectors = Math.floor(sizeBytes / sectorBytes);
  const table = decodeTable((offset, length) => device.readAt(offset, length), { sectors, sectorBytes });
  if (table !== undefined) {
    const names = table.partitions.map(({ number, name }) => (name === "" ? `number ${number}` : name));
    return names.length === 0 ? "an empty partition table" : `the partitions ${names.join(", ")}`;
  }
  const head = device.readAt(0, probeSizeBytes);
  const found = identify(head);
  if (found !== undefined) {
    return `${found.type}${found.label === undefined ? "" : ` called "${found.label}"`}`;
  }
  return head[510] === 0x55 && head[511] === 0xaa ? "a partition table of the old kind" : "data of an unknown kind";
}
