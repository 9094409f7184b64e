import { messageOf } from "../../errors/message.ts";
import { StatusError } from "../status.ts";
import type { ServerCall } from "./server-call.ts";

/**
 * Runs what serves a call, then ends the call: with OK, or with the status of what was thrown. Never rejects.
 * @returns what was thrown if it was no status: a bug of ours, or trouble of the machine's, which belongs in the log.
 */
export async function serveCall(call: ServerCall, serve: () => Promise<void>): Promise<string | undefined> {
  try {
    await serve();
    call.end();
    return undefined;
  } catch (thrown) {
    // A handler that was told to stop may fail in any way: that is no news.
    const told = thrown instanceof StatusError || call.signal.aborted;
    call.end(thrown);
    return told ? undefined : messageOf(thrown);
  }
}
