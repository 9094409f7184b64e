/** The family's name, its protocol's version, and the group that hears of changes, <linux/ethtool_netlink.h>. */
export const ethtoolFamily = { name: "ethtool", version: 1, monitor: "monitor" } as const;

/** Requests, ETHTOOL_MSG_* of <linux/ethtool_netlink.h>. */
export const EthtoolMessage = {
  getStrings: 1,
  getLinkInfo: 2,
  getLinkModes: 4,
  getLinkState: 6,
  getWakeOnLan: 9,
  setWakeOnLan: 10,
  getFeatures: 11,
  setFeatures: 12,
  getRings: 15,
  setRings: 16,
  getChannels: 17,
  setChannels: 18,
} as const;

/** Which link it is about: the first attribute of every request and answer, ETHTOOL_A_HEADER_*. */
export const EthtoolHeader = { attribute: 1, index: 1, flags: 3 } as const;
/** ETHTOOL_FLAG_*. */
export const EthtoolFlag = { compactBitsets: 1, omitReply: 2 } as const;

/** ETHTOOL_A_BITSET_*, and the parts of one that is spelled out by names. */
export const BitsetAttribute = { noMask: 1, size: 2, bits: 3, value: 4, mask: 5 } as const;
export const BitsetBit = { bit: 1, name: 2, value: 3 } as const;

/** Sets of names, ETH_SS_* of <linux/ethtool.h>. */
export const StringSet = { features: 4, linkModes: 9 } as const;
/** The way down to one of the names: ETHTOOL_A_STRSET_*, _STRINGSETS_*, _STRINGSET_*, _STRINGS_*, _STRING_*. */
export const StringAttribute = { sets: 2, set: 1, id: 1, strings: 3, string: 1, index: 1, value: 2 } as const;

/** ETHTOOL_A_LINKINFO_*, _LINKMODES_*, _LINKSTATE_*, _WOL_* and _FEATURES_*. */
export const LinkInfoAttribute = { port: 2 } as const;
export const LinkModesAttribute = { ours: 3, peer: 4, speed: 5, duplex: 6 } as const;
export const LinkStateAttribute = { link: 2 } as const;
export const WakeOnLanAttribute = { modes: 2 } as const;
export const FeaturesAttribute = { hardware: 2, wanted: 3, active: 4, unchangeable: 5 } as const;

/** Bits of WAKE_* that there are, <linux/ethtool.h>. */
export const wakeOnLanBits = 8;
