import { Errno } from "../../../linux/errno.ts";
import { NetlinkError } from "../../../netlink/netlink-error.ts";
import type { Link } from "../../../netlink/rtnetlink/link.ts";
import { encodeSettings, type KindSettings } from "../../../netlink/rtnetlink/link-kinds.ts";
import type { Rtnetlink } from "../../../netlink/rtnetlink/rtnetlink.ts";

/**
 * Changes settings of a bond with as little harm as the kernel allows: while it is up, else while it is down, else while
 * it is empty too. It comes back up, whatever happens; members that left it come back when their turn is.
 * @throws NetlinkError for a setting that the kernel does not take at all
 */
export function changeBond(
  rtnetlink: Rtnetlink,
  bond: Link,
  members: readonly Link[],
  settings: KindSettings<"bond">,
): void {
  const change = () => rtnetlink.setLink(bond.index, { kind: "bond", settings: encodeSettings("bond", settings) });
  if (succeeds(change)) return;
  rtnetlink.setLinkUp(bond.index, false);
  try {
    if (succeeds(change)) return;
    for (const { index } of members) rtnetlink.setLink(index, { masterIndex: 0 });
    change();
  } finally {
    if (bond.isUp) rtnetlink.setLinkUp(bond.index, true);
  }
}

/** EBUSY says that the bond has to be down, ENOTEMPTY that it has to be empty. */
function succeeds(change: () => void): boolean {
  try {
    change();
    return true;
  } catch (thrown) {
    if (thrown instanceof NetlinkError && (thrown.errno === Errno.EBUSY || thrown.errno === Errno.ENOTEMPTY))
      return false;
    throw thrown;
  }
}
