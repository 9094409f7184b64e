import type { BlockDevice } from "../device.ts";
import { decodeMeta, encodeMeta, type MetaValues, metaCopyBytes } from "./values.ts";

const offsets = [0, metaCopyBytes] as const;

/** The first copy that is whole; undefined when there is none, as on a partition that nobody has written to yet. */
export function readMeta(device: BlockDevice): MetaValues | undefined {
  const [first, second] = offsets;
  return readCopy(device, first) ?? readCopy(device, second);
}

/**
 * Replaces both copies. One that is whole is not touched before the other one is: a power cut leaves the old values or
 * the new ones.
 * @throws Failure when there are too many, or the device refuses
 */
export function writeMeta(device: BlockDevice, values: MetaValues): void {
  const copy = encodeMeta(values);
  const [first, second] = offsets;
  const inOrder = readCopy(device, first) === undefined ? [first, second] : [second, first];
  for (const offset of inOrder) {
    device.writeAt(offset, copy);
    device.sync();
  }
}

const readCopy = (device: BlockDevice, offsetBytes: number): MetaValues | undefined =>
  decodeMeta(device.readAt(offsetBytes, metaCopyBytes));
