import { enumeration } from "../fields/enumeration.ts";

// Options of bonded links, <linux/if_bonding.h> and <linux/if_link.h>.

export const bondMode = enumeration({
  "balance-rr": 0,
  "active-backup": 1,
  "balance-xor": 2,
  broadcast: 3,
  "802.3ad": 4,
  "balance-tlb": 5,
  "balance-alb": 6,
});

export const bondXmitHashPolicy = enumeration({
  layer2: 0,
  "layer3+4": 1,
  "layer2+3": 2,
  "encap2+3": 3,
  "encap3+4": 4,
});

export const lacpRate = enumeration({ slow: 0, fast: 1 });

export const arpValidate = enumeration({
  none: 0,
  active: 1,
  backup: 2,
  all: 3,
  filter: 4,
  "filter-active": 5,
  "filter-backup": 6,
});

export const arpAllTargets = enumeration({ any: 0, all: 1 });

export const primaryReselect = enumeration({ always: 0, better: 1, failure: 2 });

export const failOverMac = enumeration({ none: 0, active: 1, follow: 2 });

export const adSelect = enumeration({ stable: 0, bandwidth: 1, count: 2 });

export const adLacpActive = enumeration({ off: 0, on: 1 });

/** Each setting that has names, by its field. */
export const bondNames = {
  ...{ mode: bondMode, xmitHashPolicy: bondXmitHashPolicy, lacpRate, arpValidate, arpAllTargets },
  ...{ primaryReselect, failOverMac, adSelect, adLacpActive },
} as const;
