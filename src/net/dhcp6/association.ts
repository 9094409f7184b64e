import { addressFromBytes, addressToBytes } from "../address.ts";
import { Dhcp6Option, type Dhcp6Options, type Dhcp6OptionValue, decodeOptions, encodeOptions } from "./options.ts";
import { type Dhcp6Status, statusOf } from "./status.ts";

export interface GivenAddress {
  readonly address: string;
  /** Infinity for those without end; 0 takes the address back. */
  readonly validSeconds: number;
  readonly preferredSeconds: number;
}

/** Addresses that a server gives to an interface, RFC 8415 §21.4. */
export interface Association {
  /** By which a client tells its interfaces apart: four bytes. */
  readonly id: number;
  /** When to ask the same server, and when any; 0 leaves it to the client. */
  readonly renewSeconds: number;
  readonly rebindSeconds: number;
  readonly addresses: readonly GivenAddress[];
  readonly status: Dhcp6Status;
}

const associationSize = 12;
const addressSize = 24;
const endless = 0xffffffff;

/** Option 3 of a client, which may name the addresses that it is about. */
export function encodeAssociation(id: number, addresses: readonly string[]): Dhcp6OptionValue {
  const head = new Uint8Array(associationSize);
  new DataView(head.buffer).setUint32(0, id);
  const inner = addresses.map((address) => {
    const value = new Uint8Array(addressSize);
    value.set(addressToBytes(address));
    return { code: Dhcp6Option.address, value };
  });
  return { code: Dhcp6Option.association, value: Buffer.concat([head, encodeOptions(inner)]) };
}

/** The association of this id among options; undefined when there is none that makes sense. */
export function findAssociation(options: Dhcp6Options, id: number): Association | undefined {
  for (const { code, value } of options) {
    if (code !== Dhcp6Option.association || value.length < associationSize) continue;
    const view = new DataView(value.buffer, value.byteOffset, value.length);
    const [renewSeconds, rebindSeconds] = [seconds(view, 4), seconds(view, 8)];
    // RFC 8415 §21.4: such a one is to be treated as if it were not there.
    if (view.getUint32(0) !== id || (renewSeconds > rebindSeconds && rebindSeconds > 0)) continue;
    const inner = decodeOptions(value.subarray(associationSize));
    return { ...{ id, renewSeconds, rebindSeconds, addresses: addressesOf(inner) }, status: statusOf(inner) };
  }
  return undefined;
}

const addressesOf = (options: Dhcp6Options): GivenAddress[] =>
  options.flatMap(({ code, value }) => {
    if (code !== Dhcp6Option.address || value.length < addressSize) return [];
    const view = new DataView(value.buffer, value.byteOffset, value.length);
    const [preferredSeconds, validSeconds] = [seconds(view, 16), seconds(view, 20)];
    const bytes = value.subarray(0, 16);
    if (
      preferredSeconds > validSeconds ||
      !isOfHost(bytes) ||
      statusOf(decodeOptions(value.subarray(addressSize))) !== "success"
    )
      return [];
    return { address: addressFromBytes(bytes), validSeconds, preferredSeconds };
  });

/** Not nowhere, this host itself, of one link alone or a group. */
function isOfHost(bytes: Uint8Array): boolean {
  const [first = 0, second = 0] = bytes;
  const isLinkLocal = first === 0xfe && (second & 0xc0) === 0x80;
  const isNowhereOrLoopback = bytes.subarray(0, 15).every((byte) => byte === 0) && (bytes[15] ?? 0) < 2;
  return first !== 0xff && !isLinkLocal && !isNowhereOrLoopback;
}

function seconds(view: DataView, offset: number): number {
  const value = view.getUint32(offset);
  return value === endless ? Number.POSITIVE_INFINITY : value;
}
