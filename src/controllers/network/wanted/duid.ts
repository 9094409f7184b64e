/** Type and at least one byte of content, at most 128 of it: RFC 8415 §11.1. */
const [shortest, longest] = [3, 130];
/** Of the hardware address alone, RFC 8415 §11.4; and Ethernet as IANA numbers it. */
const linkLayer = [0, 3];
const ethernet = [0, 1];

/** The bytes of a DUID in hex digits, with or without colons; undefined when they are none. */
export function duidOf(hex: string): Uint8Array | undefined {
  const digits = hex.replaceAll(":", "");
  const bytes = /^([0-9a-f]{2})*$/i.test(digits) ? Uint8Array.fromHex(digits) : new Uint8Array(0);
  return bytes.length >= shortest && bytes.length <= longest ? bytes : undefined;
}

/** The DUID of a machine that was given none: that of the link which asks. */
export const duidOfLink = (hardwareAddress: Uint8Array): Uint8Array =>
  Uint8Array.of(...linkLayer, ...ethernet, ...hardwareAddress);

export const ignoredDuid = (linkName: string, hex: string): string =>
  `The DUID "${hex}" of ${linkName} is ignored: it is not ${shortest} to ${longest} bytes in hex digits`;
