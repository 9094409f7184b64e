import { isSet } from "../locate.ts";
import type { MachineConfig } from "../machine-config.ts";
import { isControlPlane, type Rule, type RuleContext } from "./rule.ts";

type Link = MachineConfig["machine"]["network"]["interfaces"][number];
type Bond = NonNullable<Link["bond"]>;
type Report = RuleContext["error"];

const identity: Rule = (config, { error }) => {
  const seen = new Set<string>();
  for (const [index, link] of config.machine.network.interfaces.entries()) {
    const path = `machine.network.interfaces[${index}]`;
    const { interface: name, deviceSelector } = link;
    if (name === undefined && deviceSelector === undefined) error(path, "neither interface nor deviceSelector is set");
    if (name !== undefined && deviceSelector !== undefined)
      error(path, "interface and deviceSelector exclude each other");
    if (deviceSelector !== undefined && !isSet(config, `${path}.deviceSelector`)) {
      error(`${path}.deviceSelector`, "it is empty, so it would match every link");
    }
    if (name !== undefined && seen.has(name)) error(`${path}.interface`, `"${name}" is configured twice`);
    if (name !== undefined) seen.add(name);
    if (link.bond !== undefined && link.bridge !== undefined) error(path, "bond and bridge exclude each other");
  }
};

/** A link that is part of a bond or bridge is part of one only, and has no addresses of its own. */
const members: Rule = ({ machine: { network } }, { error }) => {
  const owners = new Map<string, string>();
  for (const [index, link] of network.interfaces.entries()) {
    const owner = link.interface ?? `interfaces[${index}]`;
    for (const member of [...(link.bond?.interfaces ?? []), ...(link.bridge?.interfaces ?? [])]) {
      if (member === undefined) continue;
      const other = owners.get(member);
      if (other !== undefined && other !== owner) {
        error(`machine.network.interfaces[${index}]`, `"${member}" is part of two links: "${other}" and "${owner}"`);
      }
      owners.set(member, owner);
    }
  }
  for (const [index, link] of network.interfaces.entries()) {
    if (link.ignore || !owners.has(link.interface ?? "")) continue;
    if (!link.dhcp && link.addresses.length === 0 && link.cidr === undefined && link.vip === undefined) continue;
    const owner = owners.get(link.interface ?? "");
    error(`machine.network.interfaces[${index}]`, `it is part of "${owner}", which has the addresses instead`);
  }
};

const addresses: Rule = ({ machine: { network } }, { error }) => {
  for (const [index, link] of network.interfaces.entries()) {
    if (link.ignore) continue;
    const path = `machine.network.interfaces[${index}]`;
    if (link.cidr !== undefined && link.addresses.length > 0) error(path, "cidr and addresses exclude each other");
    checkRoutes(link.routes, path, error);
    const tags = new Set<number>();
    for (const [at, vlan] of link.vlans.entries()) {
      const below = `${path}.vlans[${at}]`;
      if (vlan.vlanId === undefined) error(below, "vlanId is missing, expected a tag from 1 to 4094");
      else if (tags.has(vlan.vlanId)) error(`${below}.vlanId`, `the tag ${vlan.vlanId} is used twice`);
      if (vlan.vlanId !== undefined) tags.add(vlan.vlanId);
      if (vlan.cidr !== undefined && vlan.addresses.length > 0) error(below, "cidr and addresses exclude each other");
      checkRoutes(vlan.routes, below, error);
    }
  }
};

function checkRoutes(routes: Link["routes"], path: string, error: Report): void {
  for (const [index, { network = "", gateway = "" }] of routes.entries()) {
    if (network === "" && gateway === "") {
      error(`${path}.routes[${index}]`, "either network or gateway should be set; it leads nowhere");
    }
  }
}

const wireguard: Rule = ({ machine: { network } }, { error }) => {
  for (const [index, { wireguard: tunnel, ignore }] of network.interfaces.entries()) {
    if (tunnel === undefined || ignore) continue;
    const path = `machine.network.interfaces[${index}].wireguard`;
    if ((tunnel.privateKey ?? "") === "") error(`${path}.privateKey`, "private key is missing");
    for (const [at, { publicKey = "" }] of tunnel.peers.entries()) {
      if (publicKey === "") error(`${path}.peers[${at}].publicKey`, "public key is missing");
    }
  }
};

const virtualAddress: Rule = (config, { error }) => {
  const message = "virtual (shared) IP is not allowed on non-controlplane nodes";
  for (const [index, { vip, vlans }] of config.machine.network.interfaces.entries()) {
    const path = `machine.network.interfaces[${index}]`;
    const shared = [[path, vip], ...vlans.map((vlan, at) => [`${path}.vlans[${at}]`, vlan.vip] as const)] as const;
    for (const [owner, address] of shared) {
      if (address === undefined) continue;
      if (!isControlPlane(config)) error(`${owner}.vip`, message);
      if ((address.ip ?? "") === "") error(`${owner}.vip.ip`, "the address is missing");
    }
  }
};

const words = {
  mode: ["balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb", "balance-alb"],
  xmitHashPolicy: ["layer2", "layer3+4", "layer2+3", "encap2+3", "encap3+4", "vlan+srcmac"],
  lacpRate: ["slow", "fast"],
  arpValidate: ["none", "active", "backup", "all", "filter", "filter-active", "filter-backup"],
  arpAllTargets: ["any", "all"],
  primaryReselect: ["always", "better", "failure"],
  failOverMac: ["none", "active", "follow"],
  adSelect: ["stable", "bandwidth", "count"],
} as const;

const bonds: Rule = ({ machine: { network } }, { error }) => {
  for (const [index, { bond, ignore }] of network.interfaces.entries()) {
    if (bond === undefined || ignore) continue;
    const path = `machine.network.interfaces[${index}].bond`;
    for (const [name, known] of Object.entries(words)) {
      const word = bond[name as keyof typeof words] ?? "";
      if (word !== "" && !known.some((one) => one === word)) {
        error(`${path}.${name}`, `expected one of ${known.join(", ")}, found "${word}"`);
      }
    }
    if (bond.interfaces.length > 0 && bond.deviceSelectors.length > 0) {
      error(path, "interfaces and deviceSelectors exclude each other");
    }
    checkDelays(bond, path, error);
    checkMode(bond, path, error);
  }
};

function checkDelays({ miimon = 0, updelay = 0, downdelay = 0 }: Bond, path: string, error: Report): void {
  for (const [name, delay] of Object.entries({ updelay, downdelay })) {
    if (miimon === 0 && delay !== 0) error(`${path}.${name}`, "it needs miimon, which is zero");
    if (miimon !== 0 && delay % miimon !== 0) error(`${path}.${name}`, `it should be a multiple of miimon, ${miimon}`);
  }
}

/** Which parameters go with which mode, as the kernel has it. */
function checkMode(bond: Bond, path: string, error: Report): void {
  const mode = bond.mode === undefined || bond.mode === "" ? "balance-rr" : bond.mode;
  const balances = ["balance-tlb", "balance-alb"].includes(mode);
  const aggregates = mode === "802.3ad";
  const is = (value: unknown) => value !== undefined && value !== "" && value !== 0;
  const needs = (name: keyof Bond, allowed: boolean, least = 1) => {
    const value = bond[name];
    if (is(value) && !allowed && !(typeof value === "number" && value < least)) {
      error(`${path}.${name}`, `not available in ${mode} mode`);
    }
  };
  if (bond.arpIPTarget.length > 0) error(`${path}.arpIPTarget`, "not supported");
  if (is(bond.adActorSystem)) error(`${path}.adActorSystem`, "not supported");
  for (const name of ["lacpRate", "adActorSysPrio", "adUserPortKey"] as const) needs(name, aggregates);
  for (const name of ["arpValidate", "arpInterval"] as const) needs(name, !aggregates && !balances);
  needs("primary", balances || mode === "active-backup");
  needs("packetsPerSlave", mode === "balance-rr", 2);
  needs("tlbDynamicLb", balances);
}

/** What must hold between the links of the machine section. */
export const linkRules: readonly Rule[] = [identity, members, addresses, wireguard, virtualAddress, bonds];
