import { enumeration } from "../fields/enumeration.ts";

// Hooks, priorities and matches of the packet filter.

export const nftablesChainHook = enumeration({ prerouting: 0, input: 1, forward: 2, output: 3, postrouting: 4 });

/** Chains run between these, such as ten after one of them; such numbers are shown as in the reference. */
export const nftablesChainPriority = enumeration(
  {
    first: -2147483648,
    "conntrack-defrag": -400,
    raw: -300,
    "selinux-first": -225,
    conntrack: -200,
    mangle: -150,
    "nat-dest": -100,
    filter: 0,
    security: 50,
    "nat-source": 100,
    "selinux-last": 225,
    "conntrack-helper": 300,
    last: 2147483647,
  },
  "NfTablesChainPriority",
);

export const nftablesVerdict = enumeration({ drop: 0, accept: 1 });

export const matchOperator = enumeration({ "==": 0, "!=": 1 });

export const transportProtocol = enumeration({ icmp: 1, tcp: 6, udp: 17, icmpv6: 58 });

export const conntrackState = enumeration({ invalid: 1, established: 2, related: 4, new: 8 });
