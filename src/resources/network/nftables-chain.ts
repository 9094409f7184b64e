import { defineResource } from "../define.ts";
import { boolean, message, string, uint32, uint64 } from "../fields/index.ts";
import { nftablesAddressMatchFields } from "./nftables-address-match.ts";
import { nftablesIfNameMatchFields } from "./nftables-if-name-match.ts";
import { nftablesMarkFields } from "./nftables-mark.ts";
import {
  conntrackState,
  nftablesChainHook,
  nftablesChainPriority,
  nftablesVerdict,
  transportProtocol,
} from "./nftables-names.ts";
import { nftablesPortMatchFields } from "./nftables-port-match.ts";

const nftablesConntrackStateMatchFields = {
  states: conntrackState(1).list(),
};

const nftablesIcmpTypeMatchFields = {
  types: uint32(1).list(),
};

const nftablesLayer4MatchFields = {
  protocol: transportProtocol(1),
  matchSourcePort: message(2, nftablesPortMatchFields).nullable(),
  matchDestinationPort: message(3, nftablesPortMatchFields).nullable(),
  matchICMPType: message(4, nftablesIcmpTypeMatchFields).nullable(),
};

const nftablesLimitMatchFields = {
  packetRatePerSecond: uint64(1),
};

const nftablesClampMssFields = {
  mtu: uint32(1),
};

const nftablesRuleFields = {
  matchIIfName: message(8, nftablesIfNameMatchFields).nullable(),
  matchOIfName: message(1, nftablesIfNameMatchFields).nullable(),
  matchMark: message(3, nftablesMarkFields).nullable(),
  matchConntrackState: message(11, nftablesConntrackStateMatchFields).nullable(),
  matchSourceAddress: message(5, nftablesAddressMatchFields).nullable(),
  matchDestinationAddress: message(6, nftablesAddressMatchFields).nullable(),
  matchLayer4: message(7, nftablesLayer4MatchFields).nullable(),
  matchLimit: message(10, nftablesLimitMatchFields).nullable(),
  clampMSS: message(9, nftablesClampMssFields).nullable(),
  setMark: message(4, nftablesMarkFields).nullable(),
  anonymousCounter: boolean(12).optional(),
  verdict: nftablesVerdict(2).nullable(),
};

/** A firewall chain that should be. */
export const NfTablesChain = defineResource({
  type: "NfTablesChains.net.talos.dev",
  aliases: ["chain", "chains"],
  namespace: "network",
  spec: {
    type: string(1),
    hook: nftablesChainHook(2),
    priority: nftablesChainPriority(3),
    policy: nftablesVerdict(5),
    rules: message(4, nftablesRuleFields).list(),
  },
  columns: { Type: "{.type}", Hook: "{.hook}", Priority: "{.priority}", Policy: "{.policy}" },
});

export type NfTablesChain = typeof NfTablesChain.Type;
