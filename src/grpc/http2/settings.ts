import type { Http2Session, Settings } from "node:http2";

/** Bytes a peer may send on a stream before it has to wait for us. */
const windowBytes = 1 << 20;

/** Calls that one connection may have open at a time. */
const maximumConcurrentStreams = 200;

export const sessionSettings = {
  initialWindowSize: windowBytes,
  maxConcurrentStreams: maximumConcurrentStreams,
  enablePush: false,
} as const satisfies Settings;

/**
 * Widens the window of a whole connection, 64 KiB by default, to that of a stream.
 *
 * To just that: Bun 1.4.5 stops receiving when the connection's window is more than twice a stream's, because it
 * updates it only after so many bytes as no single stream may send. settings.test.ts shows it.
 */
export function widenWindow(session: Http2Session): void {
  (session as { setLocalWindowSize?(bytes: number): void }).setLocalWindowSize?.(windowBytes);
}
