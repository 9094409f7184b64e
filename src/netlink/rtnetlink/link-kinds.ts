import { decodeAddress, encodeAddress } from "../../linux/internet-address.ts";
import { type Attribute, Attributes, encodeAttributes } from "../attribute.ts";

// Settings of links that the kernel makes up, IFLA_VLAN_*, IFLA_BR_* and IFLA_BOND_* of <linux/if_link.h>.

/** How the kernel keeps a setting. */
type Form = "u8" | "u16" | "be16" | "u32" | "addresses";
type Layout = Readonly<Record<string, readonly [type: number, form: Form]>>;

export const kindSettings = {
  vlan: { id: [1, "u16"], protocol: [5, "be16"] },
  bridge: { stp: [5, "u32"], vlanFiltering: [7, "u8"] },
  bond: {
    ...{ mode: [1, "u8"], miimon: [3, "u32"], updelay: [4, "u32"], downdelay: [5, "u32"], useCarrier: [6, "u8"] },
    ...{ arpInterval: [7, "u32"], arpIpTargets: [8, "addresses"], arpValidate: [9, "u32"], arpAllTargets: [10, "u32"] },
    ...{ primary: [11, "u32"], primaryReselect: [12, "u8"], failOverMac: [13, "u8"], xmitHashPolicy: [14, "u8"] },
    ...{ resendIgmp: [15, "u32"], numPeerNotif: [16, "u8"], allSlavesActive: [17, "u8"], minLinks: [18, "u32"] },
    ...{ lpInterval: [19, "u32"], packetsPerSlave: [20, "u32"], lacpRate: [21, "u8"], adSelect: [22, "u8"] },
    ...{
      adActorSysPrio: [24, "u16"],
      adUserPortKey: [25, "u16"],
      tlbLogicalLb: [27, "u8"],
      peerNotifyDelay: [28, "u32"],
    },
    ...{ adLacpActive: [29, "u8"], missedMax: [30, "u8"], nsIp6Targets: [31, "addresses"] },
  },
} as const satisfies Readonly<Record<string, Layout>>;

export type LinkKind = keyof typeof kindSettings;
type Value<F> = F extends "addresses" ? readonly string[] : number;
/** Settings of a kind; what is left out stays as the kernel has it. */
export type KindSettings<K extends LinkKind> = {
  readonly [Name in keyof (typeof kindSettings)[K]]?: (typeof kindSettings)[K][Name] extends readonly [number, infer F]
    ? Value<F>
    : never;
};
type AnySettings = Readonly<Record<string, number | readonly string[] | undefined>>;

const widths = { u8: 1, u16: 2, be16: 2, u32: 4 } as const;

/** Settings as attributes, for a link that is made or changed. */
export function encodeSettings<K extends LinkKind>(kind: K, settings: KindSettings<K>): Attribute[] {
  const layout: Layout = kindSettings[kind];
  return Object.entries(settings as AnySettings).flatMap(([name, value]): Attribute[] => {
    const place = layout[name];
    if (place === undefined || value === undefined) return [];
    return [[place[0], typeof value === "number" ? encodeNumber(place[1], value) : encodeAddresses(value)]];
  });
}

/** The settings that a link has; those it does not show are left out. */
export function decodeSettings<K extends LinkKind>(kind: K, data: Uint8Array): KindSettings<K> {
  const attributes = new Attributes(data);
  const found: Record<string, number | readonly string[]> = {};
  for (const [name, [type, form]] of Object.entries<readonly [number, Form]>(kindSettings[kind])) {
    const bytes = attributes.bytes(type);
    if (bytes === undefined) continue;
    if (form === "addresses") found[name] = decodeAddresses(bytes);
    else if (bytes.length === widths[form]) found[name] = decodeNumber(form, bytes);
  }
  return found as KindSettings<K>;
}

/** A copy of what a kind's settings are in, without what else there is: a bridge tells how its timers stand, too. */
export function settingsOnly(kind: string | undefined, data: Uint8Array): Uint8Array {
  if (kind === undefined || !isKnown(kind)) return Uint8Array.from(data);
  return new Attributes(data).only(Object.values<readonly [number, Form]>(kindSettings[kind]).map(([type]) => type));
}

const isKnown = (kind: string): kind is LinkKind => Object.hasOwn(kindSettings, kind);

/** Those of the wanted settings that the link does not have yet. */
export function missingSettings<K extends LinkKind>(
  kind: K,
  wanted: KindSettings<K>,
  data: Uint8Array,
): KindSettings<K> {
  const current: AnySettings = decodeSettings(kind, data);
  const missing = Object.entries(wanted as AnySettings).filter(
    // What a kernel was built without, it does not show: nothing and off are the same.
    ([name, value]) =>
      value !== undefined && !Bun.deepEquals(current[name] ?? (typeof value === "number" ? 0 : []), value),
  );
  return Object.fromEntries(missing) as KindSettings<K>;
}

function encodeNumber(form: Form, value: number): Uint8Array {
  if (form === "u8") return Uint8Array.of(value);
  const bytes = new Uint8Array(form === "u32" ? 4 : 2);
  const view = new DataView(bytes.buffer);
  if (form === "u32") view.setUint32(0, value, true);
  else view.setUint16(0, value, form === "u16");
  return bytes;
}

function decodeNumber(form: keyof typeof widths, bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (form === "u8") return view.getUint8(0);
  return form === "u32" ? view.getUint32(0, true) : view.getUint16(0, form === "u16");
}

const encodeAddresses = (addresses: readonly string[]): Uint8Array =>
  encodeAttributes(addresses.map((address, index) => [index, encodeAddress(address)]));

/** At most as many as a bond can have. */
const addressLimit = 16;

function decodeAddresses(bytes: Uint8Array): string[] {
  const attributes = new Attributes(bytes);
  return Array.from({ length: addressLimit }, (_, index) => attributes.bytes(index)).flatMap((address) =>
    address === undefined ? [] : (decodeAddress(address) ?? []),
  );
}
