import { Failure } from "../../errors/failure.ts";

/** Bytes of a GUID. */
export const guidBytes = 16;
/** Where each byte of the text stands on disk: the first three groups are little-endian numbers, UEFI appendix A. */
const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

/** GUID of nothing: the type of an entry that is not in use. */
export const noGuid = "00000000-0000-0000-0000-000000000000";

/** Kinds of partitions, from the UEFI specification and the Discoverable Partitions Specification. */
export const partitionTypes = {
  efiSystem: "c12a7328-f81f-11d2-ba4b-00a0c93ec93b",
  biosBoot: "21686148-6449-6e6f-744e-656564454649",
  linuxFilesystem: "0fc63daf-8483-4772-8e79-3d69d8477de4",
} as const;

/**
 * The bytes of a GUID as a partition table has them.
 * @throws Failure when the text is no GUID.
 */
export function encodeGuid(text: string): Uint8Array<ArrayBuffer> {
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) {
    throw new Failure(`Cannot read the GUID "${text}": expected the form ${noGuid}`);
  }
  const read = Buffer.from(text.replaceAll("-", ""), "hex");
  return Uint8Array.from(order, (index) => read[index] ?? 0);
}

/** The text of a GUID, in lower case. */
export function decodeGuid(bytes: Uint8Array, offset = 0): string {
  const shown = Buffer.from(order.map((index) => bytes[offset + index] ?? 0)).toString("hex");
  return shown.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
