import { Backoff } from "../../async/backoff.ts";
import { pause } from "../../async/pause.ts";
import { localEtcd } from "../../controllers/etcd/local.ts";
import { reachCluster } from "../../controllers/etcd/reach.ts";
import { messageOf } from "../../errors/message.ts";
import type { ServiceHost } from "../supervisor/service.ts";

/** A learner is asked soon after its start, when it has little to catch up with, and then ever less. */
const retry = { initialMs: 100, maximumMs: 2_000, jitter: 0.2 } as const;
/** From then on somebody should look. It goes on all the same: the network may come back. */
const patienceMs = 600_000;
const statusTimeoutMs = 5_000;

/**
 * Gives this machine's member its vote once it has what the others have. Asks the member what it is, so that a machine
 * that was cut off after its member had started goes on where it was.
 * @returns when the member votes, or the signal aborts.
 */
export async function promoteItself({ state, log }: Pick<ServiceHost, "state" | "log">, signal: AbortSignal) {
  const backoff = new Backoff(retry);
  const began = performance.now();
  let isTold = false;
  while (!signal.aborted) {
    try {
      using own = await localEtcd(state);
      const status = await own?.status({ signal, timeoutMs: statusTimeoutMs });
      if (status?.isLearner === false) return;
      if (status !== undefined) {
        using cluster = await reachCluster(state, { signal });
        await cluster.etcd.promote(status.memberId, { signal });
        return log("info", "etcd: this member has caught up with the others, and votes");
      }
    } catch (thrown) {
      if (!signal.aborted && !isTold && performance.now() - began > patienceMs) {
        log("error", `etcd: this member has not been given its vote for ten minutes: ${messageOf(thrown)}`);
        isTold = true;
      }
    }
    await pause(backoff.next(), signal);
  }
}
