import { isIP } from "node:net";
import { Failure } from "../errors/failure.ts";
import {
  adSelect,
  arpAllTargets,
  arpValidate,
  bondMode,
  bondXmitHashPolicy,
  failOverMac,
  lacpRate,
  primaryReselect,
} from "../resources/network/bond-names.ts";

// Links that the kernel's command line makes, in the form of dracut.cmdline(7).

/** One `vlan=`, `bond=` or `bridge=`. Names of links are as they were written. */
export type MadeLinkArgument =
  | { readonly kind: "vlan"; readonly parent: string; readonly id: number }
  | {
      readonly kind: "bond";
      readonly name: string;
      readonly members: readonly string[];
      /** Under the names that the resource has. */
      readonly settings: Readonly<Record<string, BondSetting>>;
      /** The member that is preferred. */
      readonly primary: string | undefined;
      /** Bytes; 0 leaves it as it is. */
      readonly mtu: number;
    }
  | { readonly kind: "bridge"; readonly name: string; readonly members: readonly string[] };

type BondSetting = string | number | boolean | readonly string[];

/** `vlan=<name>:<parent>`: the name ends with the tag, `eth0.5`, `eth0.0005`, `vlan5` or `vlan0005`. @throws Failure */
export function parseVlanArgument(value: string): MadeLinkArgument {
  const [name = "", parent = "", rest] = value.split(":");
  const tag = /^(?:vlan|[^.]*\.)(\d{1,4})$/.exec(name)?.[1];
  if (tag === undefined || parent === "" || rest !== undefined) {
    throw new Failure(`Cannot use the kernel argument vlan=${value}: expected a form like eth0.5:eth0 or vlan5:eth0`);
  }
  const id = Number(tag);
  if (id >= 1 && id <= 4_094) return { kind: "vlan", parent, id };
  throw new Failure(`Cannot use the kernel argument vlan=${value}: the tag ${id} is not from 1 to 4094`);
}

/** `bridge=<name>:<port>,<port>`; alone it is br0 with eth0. @throws Failure */
export function parseBridgeArgument(value: string): MadeLinkArgument {
  const [name = "", ports = "", rest] = (value === "" ? "br0:eth0" : value).split(":");
  const members = listOf(ports);
  if (name !== "" && members.length > 0 && rest === undefined) return { kind: "bridge", name, members };
  throw new Failure(`Cannot use the kernel argument bridge=${value}: expected a form like br0:eth0,eth1`);
}

/** `bond=<name>:<member>,<member>:<option>=<value>,…:<mtu>`, all but the name optional. @throws Failure */
export function parseBondArgument(value: string): MadeLinkArgument {
  const [name = "", members = "", options = "", mtu = "0", rest] = value.split(":");
  const refuse = (problem: string) => new Failure(`Cannot use the kernel argument bond=${value}: ${problem}`);
  if (rest !== undefined) throw refuse("expected a form like bond0:eth0,eth1:mode=802.3ad:1500");
  if (!/^\d*$/.test(mtu)) throw refuse(`the MTU "${mtu}" is no number`);
  const settings: Record<string, BondSetting> = {};
  let primary: string | undefined;
  for (const option of listOf(options)) {
    const [key = "", text = ""] = option.split("=");
    const setting = bondOptions[key];
    if (key === "primary") primary = text;
    else if (setting === undefined) throw refuse(`there is no bond option "${key}"`);
    else settings[setting.name] = setting.read(text) ?? refused(refuse, key, text);
  }
  return {
    ...{ kind: "bond", name: name === "" ? "bond0" : name, settings, primary, mtu: Number(mtu) },
    members: members === "" ? ["eth0", "eth1"] : listOf(members),
  };
}

function refused(refuse: (problem: string) => Failure, key: string, text: string): never {
  throw refuse(`"${text}" is no value of ${key}`);
}

interface BondOption {
  readonly name: string;
  /** Undefined when the text makes no sense. */
  readonly read: (text: string) => BondSetting | undefined;
}

type Words = { readonly numbers: Readonly<Record<string, number>> };

/** A word of the table, or the number that the kernel has for it. */
const word = (name: string, { numbers }: Words): BondOption => ({
  name,
  read: (text) => Object.keys(numbers).find((key) => key === text || String(numbers[key]) === text),
});

const count = (name: string): BondOption => ({
  name,
  read: (text) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined),
});

/** Options of the kernel's module `bonding`, and what the resource calls them. */
const bondOptions: Readonly<Record<string, BondOption>> = {
  mode: word("mode", bondMode),
  xmit_hash_policy: word("xmitHashPolicy", bondXmitHashPolicy),
  lacp_rate: word("lacpRate", lacpRate),
  arp_validate: word("arpValidate", arpValidate),
  arp_all_targets: word("arpAllTargets", arpAllTargets),
  primary_reselect: word("primaryReselect", primaryReselect),
  fail_over_mac: word("failOverMac", failOverMac),
  ad_select: word("adSelect", adSelect),
  arp_ip_target: {
    name: "arpIpTargets",
    read: (text) => (text.split(";").every((address) => isIP(address) === 4) ? text.split(";") : undefined),
  },
  miimon: count("miimon"),
  updelay: count("updelay"),
  downdelay: count("downdelay"),
  arp_interval: count("arpInterval"),
  resend_igmp: count("resendIgmp"),
  min_links: count("minLinks"),
  lp_interval: count("lpInterval"),
  packets_per_slave: count("packetsPerSlave"),
  num_grat_arp: count("numPeerNotif"),
  num_unsol_na: count("numPeerNotif"),
  all_slaves_active: count("allSlavesActive"),
  tlb_dynamic_lb: count("tlbLogicalLb"),
  ad_actor_sys_prio: count("adActorSysPrio"),
  ad_user_port_key: count("adUserPortKey"),
  peer_notif_delay: count("peerNotifyDelay"),
  use_carrier: { name: "useCarrier", read: (text) => (["0", "1"].includes(text) ? text === "1" : undefined) },
};

const listOf = (text: string): string[] => text.split(",").filter((part) => part !== "");
