import { Errno } from "../linux/errno.ts";
import { send } from "../linux/socket.ts";
import { SyscallError } from "../linux/syscall-error.ts";

/** The link is down, or has no room for the moment. */
const passing: readonly number[] = [Errno.ENETDOWN, Errno.ENOBUFS, Errno.EAGAIN];
/** There is no such link any more. */
const gone: readonly number[] = [Errno.ENXIO, Errno.ENODEV];

/** Whether a call failed for what befalls links all the time. */
export const isLinkDown = (thrown: unknown): boolean =>
  thrown instanceof SyscallError && passing.includes(thrown.errno);

/** Whether it failed for that, or because the link is gone. */
export const isLinkDownOrGone = (thrown: unknown): boolean =>
  isLinkDown(thrown) || (thrown instanceof SyscallError && gone.includes(thrown.errno));

/**
 * Sends a packet that may get lost, as on any network.
 * @param to an encoded socket address.
 * @param isLoss what else than a link that is down loses it.
 * @throws SyscallError for other reasons
 */
export function sendOrLose(
  fd: number,
  packet: Uint8Array,
  to: Uint8Array,
  isLoss: (thrown: unknown) => boolean = isLinkDown,
): void {
  try {
    send(fd, packet, to);
  } catch (thrown) {
    if (!isLoss(thrown)) throw thrown;
  }
}
