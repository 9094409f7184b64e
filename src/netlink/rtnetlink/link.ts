import { i32, struct, u8, u16, u32 } from "../../linux/struct.ts";
import { Attributes } from "../attribute.ts";
import { InterfaceFlag, LinkAttribute, LinkInfo } from "./constants.ts";
import { settingsOnly } from "./link-kinds.ts";

/** struct ifinfomsg, <linux/rtnetlink.h>. */
export const interfaceHeader = struct({ family: u8, padding: u8, type: u16, index: i32, flags: u32, change: u32 });

/** IF_OPER_* of <linux/if.h>, in order: the states of RFC 2863. */
export const operationalStates = [
  "unknown",
  "notPresent",
  "down",
  "lowerLayerDown",
  "testing",
  "dormant",
  "up",
] as const;

/** A network interface. */
export interface Link {
  readonly index: number;
  readonly name: string;
  readonly alias: string | undefined;
  /** Longer names besides its own, by which the kernel finds it too. */
  readonly alternativeNames: readonly string[];
  /** ARPHRD_* of <linux/if_arp.h>: 1 Ethernet, 772 loopback. */
  readonly type: number;
  /** What made it: `dummy`, `veth`, `bridge`, …; undefined for a device of real hardware. */
  readonly kind: string | undefined;
  /** Settings of its kind, for `decodeSettings`; empty when it has none. */
  readonly data: Uint8Array;
  /** Its role under its master, such as `bond` or `bridge`. */
  readonly slaveKind: string | undefined;
  /** `52:54:00:12:34:56`, or "" when it has none. */
  readonly hardwareAddress: string;
  readonly permanentAddress: string | undefined;
  readonly broadcastAddress: string;
  readonly mtu: number;
  readonly queueDiscipline: string;
  /** Index of the interface it sits on (vlan, veth), or 0. */
  readonly parentIndex: number;
  /** Index of its bridge or bond, or 0. */
  readonly masterIndex: number;
  /** IFF_* values, or-ed. */
  readonly flags: number;
  /** Set up by an administrator. */
  readonly isUp: boolean;
  /** Is up and has a carrier: the cable is in. */
  readonly hasCarrier: boolean;
  /** How often a carrier came or went: a cable may be back with another speed. */
  readonly carrierChanges: number;
  readonly isLoopback: boolean;
  readonly isMulticast: boolean;
  readonly operationalState: (typeof operationalStates)[number];
}

/** Reads the body of an RTM_NEWLINK or RTM_DELLINK; undefined when it is too short or has no name. */
export function decodeLink(body: Uint8Array): Link | undefined {
  if (body.length < interfaceHeader.size) return undefined;
  const { index, type, flags } = interfaceHeader.decode(body);
  const attributes = new Attributes(body, interfaceHeader.size);
  const name = attributes.text(LinkAttribute.name);
  if (name === undefined) return undefined;
  const info = attributes.nested(LinkAttribute.info);
  const kind = info.text(LinkInfo.kind);
  const permanent = attributes.bytes(LinkAttribute.permanentAddress);
  return {
    index,
    name,
    alias: attributes.text(LinkAttribute.alias),
    alternativeNames: attributes.texts(LinkAttribute.propertyList),
    type,
    kind,
    data: settingsOnly(kind, info.bytes(LinkInfo.data) ?? new Uint8Array(0)),
    slaveKind: info.text(LinkInfo.slaveKind),
    hardwareAddress: formatHardwareAddress(attributes.bytes(LinkAttribute.hardwareAddress)),
    permanentAddress: permanent === undefined ? undefined : formatHardwareAddress(permanent),
    broadcastAddress: formatHardwareAddress(attributes.bytes(LinkAttribute.broadcastAddress)),
    mtu: attributes.number(LinkAttribute.mtu) ?? 0,
    queueDiscipline: attributes.text(LinkAttribute.queueDiscipline) ?? "",
    parentIndex: attributes.number(LinkAttribute.parent) ?? 0,
    masterIndex: attributes.number(LinkAttribute.master) ?? 0,
    flags,
    isUp: (flags & InterfaceFlag.up) !== 0,
    hasCarrier: (flags & InterfaceFlag.lowerUp) !== 0,
    carrierChanges: attributes.number(LinkAttribute.carrierChanges) ?? 0,
    isLoopback: (flags & InterfaceFlag.loopback) !== 0,
    isMulticast: (flags & InterfaceFlag.multicast) !== 0,
    operationalState: operationalStates[attributes.byte(LinkAttribute.operationalState) ?? 0] ?? "unknown",
  };
}

const hexadecimal = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** `52:54:00:12:34:56` of six bytes. */
export function formatHardwareAddress(bytes: Uint8Array | undefined): string {
  let text = "";
  for (const byte of bytes ?? []) text += text === "" ? hexadecimal[byte] : `:${hexadecimal[byte]}`;
  return text;
}

/** The bytes of `52:54:00:12:34:56`. */
export function parseHardwareAddress(text: string): Uint8Array {
  return Uint8Array.from(text.split(":"), (byte) => Number.parseInt(byte, 16));
}
