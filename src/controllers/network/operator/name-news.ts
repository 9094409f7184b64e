import type { HostnameStatus } from "../../../resources/network/hostname-status.ts";
import type { OperatorRun } from "./operator-run.ts";

/** A name that a lease brings takes a moment to become the machine's: until then the one before is no news. */
const settleMs = 1_000;

/**
 * What servers are told of the machine's name: once they gave a lease, and unless the name is theirs. Asked for names
 * together with being told one, many servers just repeat it, which would look like their choice.
 */
export class NameNews {
  #hostname = "";
  #sinceMs = 0;

  /** @returns when to come again; undefined: when something changes */
  follow(status: HostnameStatus | undefined, runs: Iterable<OperatorRun>): number | undefined {
    const hostname = status?.hostname ?? "";
    const nowMs = performance.now();
    if (hostname !== this.#hostname) [this.#hostname, this.#sinceMs] = [hostname, nowMs];
    let againMs: number | undefined;
    for (const run of runs) {
      const { lease, leasedName, name } = run;
      if (lease === undefined) continue;
      const wanted = hostname === "" || hostname === leasedName ? undefined : hostname;
      if (wanted === name.value) continue;
      const leftMs = Math.max(this.#sinceMs, run.sinceMs) + settleMs - nowMs;
      if (leftMs <= 0) name.set(wanted);
      else againMs = Math.min(againMs ?? leftMs, leftMs);
    }
    return againMs;
  }
}
