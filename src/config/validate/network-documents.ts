import type { DocumentKind, DocumentValue } from "../documents/index.ts";
import type { DocumentRule, RuleContext } from "./rule.ts";

type LinkValue = Pick<DocumentValue<"LinkConfig">, "addresses" | "routes">;

/** What holds for the fields that every kind of link has. */
function link({ addresses, routes }: LinkValue, { error }: RuleContext): void {
  for (const [index, { address = "" }] of addresses.entries()) {
    if (isUnspecified(address)) error(`addresses[${index}].address`, "it is no machine's address");
  }
  for (const [index, { destination = "", gateway = "", source = "" }] of routes.entries()) {
    const path = `routes[${index}]`;
    if (isUnspecified(destination)) error(`${path}.destination`, "leave it out: a route without one is the default");
    if (isUnspecified(gateway)) error(`${path}.gateway`, "it is no machine's address");
    if (isUnspecified(source)) error(`${path}.source`, "it is no machine's address");
  }
}

const bond: DocumentRule<"BondConfig"> = (value, context) => {
  link(value, context);
  if (value.bondMode !== "802.3ad") return;
  for (const name of ["miimon", "updelay", "downdelay"] as const) {
    if (value[name] === undefined) context.warn(name, `${name} was not specified for 802.3ad bond`);
  }
};

const dhcp: DocumentRule<"DHCPv4Config" | "DHCPv6Config"> = ({ clientIdentifier, duidRaw = "" }, { error }) => {
  if (duidRaw !== "" && clientIdentifier !== "duid") error("duidRaw", 'it needs "clientIdentifier: duid"');
  if (duidRaw === "" && clientIdentifier === "duid") error("duidRaw", 'missing; "clientIdentifier: duid" sends it');
};

const hostname: DocumentRule<"HostnameConfig"> = ({ auto, hostname = "" }, { error }) => {
  if (auto === "stable" && hostname !== "") {
    error("hostname", '"auto: stable" derives the name, and hostname gives one; use "auto: off" to give one');
  }
  if (auto !== "stable" && hostname === "") error("", 'either "auto: stable" or hostname must be set');
};

const rule: DocumentRule<"NetworkRuleConfig"> = ({ portSelector: { ports } }, { error }) => {
  const ranges = ports.map((text = "", index) => {
    const [low = "", high = low] = text.split("-");
    return { index, text, low: Number(low), high: Number(high) };
  });
  const sorted = ranges.toSorted((left, right) => left.low - right.low);
  for (const [position, { index, text, low }] of sorted.entries()) {
    const before = sorted[position - 1];
    if (before !== undefined && low <= before.high) {
      error(`portSelector.ports[${index}]`, `"${text}" overlaps with "${before.text}"`);
    }
  }
};

const time: DocumentRule<"TimeSyncConfig"> = ({ ntp, ptp }, { error }) => {
  if (ntp !== undefined && ptp !== undefined) error("ptp", "only one of ntp and ptp can be the clock's source");
};

/** `0.0.0.0`, `::`, with or without a prefix length. */
const isUnspecified = (text: string): boolean => text !== "" && /^[0:.]+$/.test(text.split("/")[0] ?? "");

/** What must hold within documents about the network. */
export const networkDocumentRules: { readonly [Kind in DocumentKind]?: DocumentRule<Kind> } = {
  BondConfig: bond,
  BridgeConfig: link,
  DHCPv4Config: dhcp,
  DHCPv6Config: dhcp,
  DummyLinkConfig: link,
  HostnameConfig: hostname,
  LinkConfig: link,
  NetworkRuleConfig: rule,
  TimeSyncConfig: time,
  VLANConfig: link,
  WireguardConfig: link,
};
