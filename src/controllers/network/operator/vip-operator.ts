import { pause } from "../../../async/pause.ts";
import { messageOf } from "../../../errors/message.ts";
import type { Etcd } from "../../../etcd/client.ts";
import type { LockOptions } from "../../../etcd/lock.ts";
import { Rtnetlink } from "../../../netlink/rtnetlink/rtnetlink.ts";
import type { OperatorSpec } from "../../../resources/network/operator-spec.ts";

/** It takes milliseconds. Where nobody takes it away, others must not wait for ever. */
const goneWithinMs = 2_000;
/** Who takes over has to wait so long at most for a holder that vanished. */
const ttlMs = 15_000;
const againMs = 2_000;

type ElectionClient = Pick<Etcd, "withLock"> & Disposable;

export interface VipOptions {
  readonly spec: OperatorSpec;
  readonly connect: () => Promise<ElectionClient | undefined>;
  readonly reachOther: NonNullable<LockOptions["reachOther"]>;
  /** Whether this machine is the one that has the address now. */
  readonly onHolder: (holds: boolean) => void;
  readonly log: (level: "info" | "warn", message: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Takes part in the election of the machine that has a shared address, again and again until the signal aborts. The
 * address is given up before the others may take it: the lock says so when it is lost. Never rejects.
 */
export async function runVip({ spec, connect, reachOther, onHolder, log, signal }: VipOptions): Promise<void> {
  const { linkName, vip } = spec;
  const address = vip?.ip ?? "";
  let told = "";
  while (!signal.aborted) {
    try {
      using etcd = await connect();
      const hold = async (held: AbortSignal) => {
        log("info", `this machine has the shared address ${address} now, on ${linkName}`);
        onHolder(true);
        await untilAborted(held);
        onHolder(false);
        await untilGone(address);
      };
      await etcd?.withLock(`talos:v1:vip:election:${address}`, hold, { signal, ttlMs, reachOther });
      told = "";
    } catch (thrown) {
      const problem = `Cannot take part in the election for ${address}: ${messageOf(thrown)}`;
      if (!signal.aborted && problem !== told) log("warn", problem);
      told = problem;
    } finally {
      onHolder(false);
    }
    await pause(againMs, signal);
  }
}

/** Until no link has the address: from then on it may be another machine's. */
async function untilGone(address: string): Promise<void> {
  using rtnetlink = new Rtnetlink();
  const isThere = () => rtnetlink.addresses().some((one) => one.address === address);
  const enough = new AbortController();
  const timer = setTimeout(() => enough.abort(), goneWithinMs);
  try {
    const changes = rtnetlink.changes(["address"], enough.signal);
    if (!isThere()) return;
    for await (const _ of changes) if (!isThere()) return;
  } finally {
    clearTimeout(timer);
    enough.abort();
  }
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  if (!signal.aborted) await promise;
}
