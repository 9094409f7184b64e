import type { Attribute, Attributes } from "../attribute.ts";

// Numbers of ETHTOOL_A_RINGS_* and ETHTOOL_A_CHANNELS_*, <linux/ethtool_netlink.h>, under the names of our resources.

/** How the kernel keeps a setting; `split` is 0 for unknown, 1 for off, 2 for on. */
type Form = "count" | "flag" | "split";
type Layout = Readonly<Record<string, readonly [type: number, form: Form]>>;

export const ringSettings = {
  ...{ "rx-max": [2, "count"], "rx-mini-max": [3, "count"], "rx-jumbo-max": [4, "count"], "tx-max": [5, "count"] },
  ...{ rx: [6, "count"], "rx-mini": [7, "count"], "rx-jumbo": [8, "count"], tx: [9, "count"] },
  ...{ "rx-buf-len": [10, "count"], "tcp-data-split": [11, "split"], "cqe-size": [12, "count"] },
  ...{ "tx-push": [13, "flag"], "rx-push": [14, "flag"] },
  ...{ "tx-push-buf-len": [15, "count"], "tx-push-buf-len-max": [16, "count"] },
} as const satisfies Layout;

export const channelSettings = {
  ...{ "rx-max": [2, "count"], "tx-max": [3, "count"], "other-max": [4, "count"], "combined-max": [5, "count"] },
  ...{ rx: [6, "count"], tx: [7, "count"], other: [8, "count"], combined: [9, "count"] },
} as const satisfies Layout;

/** What a device tells of its settings; those it does not have are left out. */
export type EthernetSettings<L extends Layout> = {
  readonly [Name in keyof L]?: L[Name][1] extends "count" ? number : boolean;
};
export type Rings = EthernetSettings<typeof ringSettings>;
export type Channels = EthernetSettings<typeof channelSettings>;

export function decodeEthernetSettings<L extends Layout>(layout: L, attributes: Attributes): EthernetSettings<L> {
  const found: Record<string, number | boolean> = {};
  for (const [name, [type, form]] of Object.entries<readonly [number, Form]>(layout)) {
    const value = form === "count" ? attributes.number(type) : booleanOf(form, attributes.byte(type));
    if (value !== undefined) found[name] = value;
  }
  return found as EthernetSettings<L>;
}

export function encodeEthernetSettings<L extends Layout>(layout: L, settings: EthernetSettings<L>): Attribute[] {
  return Object.entries<number | boolean | undefined>(settings).flatMap(([name, value]): Attribute[] => {
    const place = layout[name];
    if (place === undefined || value === undefined) return [];
    const [type, form] = place;
    if (form === "count") return [[type, Number(value)]];
    return [[type, Uint8Array.of(Number(value) + (form === "split" ? 1 : 0))]];
  });
}

function booleanOf(form: "flag" | "split", byte: number | undefined): boolean | undefined {
  if (form === "flag" || byte === undefined) return byte === undefined ? undefined : byte !== 0;
  return byte === 0 ? undefined : byte === 2;
}
