import { pause } from "../async/pause.ts";
import { Failure } from "../errors/failure.ts";
import { messageOf } from "../errors/message.ts";
import type { CallOptions, Channel } from "../grpc/client/channel.ts";
import { Code, StatusError } from "../grpc/status.ts";
import { etcdserverpb as pb } from "../proto/etcd.ts";
import { type Int64, toNumber } from "../proto/int64.ts";

const methods = {
  grant: {
    path: "etcdserverpb.Lease/LeaseGrant",
    ...{ request: pb.LeaseGrantRequest, response: pb.LeaseGrantResponse },
  },
  revoke: {
    path: "etcdserverpb.Lease/LeaseRevoke",
    ...{ request: pb.LeaseRevokeRequest, response: pb.LeaseRevokeResponse },
  },
  keepAlive: {
    path: "etcdserverpb.Lease/LeaseKeepAlive",
    ...{ request: pb.LeaseKeepAliveRequest, response: pb.LeaseKeepAliveResponse },
  },
  lock: { path: "v3lockpb.Lock/Lock", request: pb.LockRequest, response: pb.LockResponse },
};

export interface LockOptions {
  /** Gives up waiting, and what is done meanwhile. */
  readonly signal: AbortSignal;
  /** So long after its holder is gone without a word the lock is free; whole seconds. */
  readonly ttlMs?: number;
  /** Finds another member, to let go by when the first is gone: it may be why there is nothing to be done any more. */
  readonly reachOther?: (signal: AbortSignal) => Promise<OtherMember>;
}

/** A member of the same cluster. */
export interface OtherMember extends Disposable {
  readonly etcd: { revokeLease(lease: Int64, options?: CallOptions): Promise<void> };
}

const defaultTtlMs = 60_000;
const timeoutMs = 10_000;
/** A machine that goes down does not wait for long: it would be for the sake of others only. */
const revokeTimeoutMs = 3_000;
/** Members that a machine has to look for first, one of which may be about to lead. */
const revokeByOtherTimeoutMs = 8_000;
const revokeAgainMs = 250;

/**
 * Does some work while nobody else in the cluster does work under the same name: waits for its turn, and lets go
 * whatever the work ends with. Others may wait by the lock recipe of etcd's Go client: it is the same one.
 * @param work its signal aborts when the lock is lost, because etcd could not be reached for as long as it lasts
 */
export async function withLock<T>(
  channel: Channel,
  name: string,
  work: (signal: AbortSignal) => Promise<T>,
  { signal, ttlMs = defaultTtlMs, reachOther }: LockOptions,
): Promise<T> {
  const { ID: lease } = await channel.unary(methods.grant, { TTL: Math.ceil(ttlMs / 1_000) }, { signal, timeoutMs });
  const done = new AbortController();
  const lost = new AbortController();
  const held = AbortSignal.any([signal, lost.signal]);
  const keeping = keepAlive(channel, lease, ttlMs, done.signal).catch((thrown: unknown) => lost.abort(thrown));
  try {
    await channel.unary(methods.lock, { name: new TextEncoder().encode(name), lease }, { signal: held });
    return await work(held);
  } catch (thrown) {
    throw lost.signal.aborted ? lost.signal.reason : thrown;
  } finally {
    done.abort();
    await keeping;
    // The lock, or our place among those who wait for it, goes with the lease. Should this fail, it runs out.
    if (!lost.signal.aborted) {
      await revokeLease(channel, lease)
        .catch(() => reachOther && revokeBy(reachOther, lease))
        .catch(() => undefined);
    }
  }
}

/** Ends a lease, and all that goes with it. */
export async function revokeLease(channel: Channel, ID: Int64, options?: CallOptions): Promise<void> {
  await channel.unary(methods.revoke, { ID }, { timeoutMs: revokeTimeoutMs, ...options });
}

async function revokeBy(reachOther: NonNullable<LockOptions["reachOther"]>, lease: Int64): Promise<void> {
  const signal = AbortSignal.timeout(revokeByOtherTimeoutMs);
  while (!signal.aborted) {
    try {
      using member = await reachOther(signal);
      return await member.etcd.revokeLease(lease, { signal });
    } catch (thrown) {
      // It has run out meanwhile.
      if (thrown instanceof StatusError && thrown.code === Code.notFound) return;
      await pause(revokeAgainMs, signal);
    }
  }
}

/** Renews a lease three times in its life, until the signal aborts. @throws Failure when it has run out */
async function keepAlive(channel: Channel, ID: Int64, ttlMs: number, signal: AbortSignal): Promise<void> {
  let deadline = performance.now() + ttlMs;
  let trouble = "its lease has run out";
  while (!signal.aborted) {
    await pause(ttlMs / 3, signal);
    if (signal.aborted) return;
    const asked = performance.now();
    try {
      const answers = channel.bidi(methods.keepAlive, only({ ID }), { signal, timeoutMs: ttlMs / 3 });
      // Of a lease that is gone nothing is left.
      for await (const { TTL } of answers) deadline = toNumber(TTL) > 0 ? asked + ttlMs : 0;
    } catch (thrown) {
      trouble = messageOf(thrown);
    }
    if (performance.now() > deadline && !signal.aborted) throw new Failure(`Cannot keep a lock of etcd: ${trouble}`);
  }
}

async function* only<T>(request: T): AsyncGenerator<T, void, undefined> {
  yield request;
}
