import { struct, u8, u16 } from "../../linux/struct.ts";

/** struct genlmsghdr, <linux/genetlink.h>. */
export const genericHeader = struct({ command: u8, version: u8, reserved: u16 });

/** NETLINK_GENERIC, <linux/netlink.h>. */
export const genericProtocol = 16;

/** The family that knows the others: GENL_ID_CTRL, and its CTRL_* of <linux/genetlink.h>. */
export const Control = { id: 16, version: 2, getFamily: 3 } as const;
export const ControlAttribute = { familyId: 1, familyName: 2, groups: 7 } as const;
/** CTRL_ATTR_MCAST_GRP_*: what is said of each multicast group. */
export const ControlGroup = { name: 1, id: 2 } as const;
