import type { Http2Session } from "node:http2";

/** Where Bun's node:http2 keeps the native session. */
const native = Symbol.for("::bunhttp2native::");

interface NativeSession {
  flush?(): void;
}

const pending = new Set<Http2Session>();

/**
 * Sends what was written to a session, at the end of this turn of the event loop.
 *
 * Bun 1.4.5 leaves a write in its buffer when it comes from a timer or another connection's callback while some
 * stream of the session is blocked by flow control: one paused `logs --follow | less` would freeze the other calls
 * of its connection. flush.test.ts fails without this; when it no longer does, this file can go.
 */
export function flushSoon(session: Http2Session | undefined): void {
  if (session === undefined) return;
  if (pending.size === 0) setImmediate(flushPending);
  pending.add(session);
}

function flushPending(): void {
  const sessions = [...pending];
  pending.clear();
  for (const session of sessions) {
    if (session.destroyed) continue;
    (session as { [native]?: NativeSession })[native]?.flush?.();
  }
}
