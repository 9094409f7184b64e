import { Backoff } from "../../async/backoff.ts";
import { Notice } from "../../async/notice.ts";
import { pause } from "../../async/pause.ts";
import { etcdAt } from "../../controllers/etcd/local.ts";
import { AloneFailure, type ReachedCluster, reachCluster } from "../../controllers/etcd/reach.ts";
import type { ResourceKind } from "../../cosi/resource.ts";
import { messageOf } from "../../errors/message.ts";
import type { Member as EtcdMember } from "../../etcd/client.ts";
import { explained } from "../../etcd/explain.ts";
import { joinCluster } from "../../etcd/join.ts";
import { peerUrls } from "../../etcd/urls.ts";
import { Member } from "../../resources/cluster/member.ts";
import { EtcdSpec } from "../../resources/etcd/etcd-spec.ts";
import { Endpoint } from "../../resources/k8s/endpoint.ts";
import { EtcdSecret } from "../../resources/secrets/etcd-secret.ts";
import { awaitsBootstrap } from "../../well-known.ts";
import { whenResource } from "../supervisor/conditions.ts";
import type { RunContext } from "../supervisor/runner.ts";
import type { ServiceHost } from "../supervisor/service.ts";

/** What the service remembers of its tries, as long as it lives. */
export interface JoinMemory {
  /** The member that was added for this machine, and has not started. */
  added?: bigint;
}

/** Nothing tells a machine that a cluster has begun elsewhere: it asks. */
const retry = { initialMs: 500, maximumMs: 2_000, factor: 1.5, jitter: 0.3 } as const;
/** What a member that may be another machine's is given to answer. */
const aliveTimeoutMs = 3_000;

/**
 * Makes this machine a member as soon as a member of a cluster answers that takes it. Until one answers at all, the
 * bootstrap call may come; from then on it is refused.
 * @throws the abort's reason.
 */
export async function joinWhenThereIsACluster(
  host: ServiceHost,
  memory: JoinMemory,
  { signal, report }: Pick<RunContext, "signal" | "report">,
): Promise<{ readonly initialCluster: string }> {
  const { bootstrapGate: gate, log, state } = host;
  const backoff = new Backoff(retry);
  const news = new Notice();
  const over = new AbortController();
  for (const kind of [Endpoint, Member, EtcdSpec, EtcdSecret]) {
    void tellOf(host, kind, news, AbortSignal.any([signal, over.signal]));
  }
  let told = "";
  let reported = awaitsBootstrap;
  const tell = (thrown: unknown, stage: string) => {
    const message = `etcd: ${messageOf(explained(thrown))}`;
    // A machine that knows of no other has nothing to tell: it may well be the only one.
    if (message !== told && !(thrown instanceof AloneFailure)) log("info", message);
    if (stage !== reported) report(stage);
    [told, reported] = [message, stage];
  };
  try {
    while (!signal.aborted) {
      const cluster = await reachCluster(state, { signal }).catch((thrown: unknown) => {
        if (memory.added === undefined) gate.refuse(undefined);
        tell(thrown, awaitsBootstrap);
      });
      // Between an answer and the refusal there is no pause in which the call could come.
      if (cluster !== undefined && !signal.aborted) {
        gate.refuse(`a cluster answers at ${cluster.address}, and this machine joins it`);
        using _ = cluster;
        try {
          return await join(host, memory, cluster, signal);
        } catch (thrown) {
          tell(thrown, `Cannot join the cluster yet: ${messageOf(explained(thrown))}`);
        }
      }
      await Promise.race([pause(backoff.next(), signal), news.next(signal)]);
    }
    throw signal.reason;
  } finally {
    over.abort();
  }
}

async function join(
  host: ServiceHost,
  memory: JoinMemory,
  { etcd, address, members }: ReachedCluster,
  signal: AbortSignal,
): Promise<{ readonly initialCluster: string }> {
  const spec = await whenResource(host.state, EtcdSpec, "etcd", () => true, signal);
  const { id, initialCluster } = await joinCluster(
    etcd,
    members,
    {
      name: spec.name,
      peerUrls: peerUrls(spec.advertisedAddresses),
      ...(memory.added !== undefined && { added: memory.added }),
      isAlive: (member) => isAlive(host, member, signal),
    },
    { signal },
  );
  memory.added = id;
  host.log("info", `etcd: joins the cluster of ${address}, as its member ${members.length + 1}`);
  return { initialCluster };
}

/** A member is asked where its clients would: this machine's own does not run, so whoever answers is another. */
async function isAlive({ state }: ServiceHost, member: EtcdMember, signal: AbortSignal): Promise<boolean> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(aliveTimeoutMs)]);
  const answers = member.clientUrls.map(async (url) => {
    using etcd = await etcdAt(state, new URL(url).hostname.replace(/^\[|\]$/g, ""));
    const status = await etcd?.status({ signal: patience, timeoutMs: aliveTimeoutMs });
    return status?.memberId === member.id;
  });
  return (await Promise.allSettled(answers)).some((answer) => answer.status === "fulfilled" && answer.value);
}

async function tellOf({ state, log }: ServiceHost, kind: ResourceKind, news: Notice, signal: AbortSignal) {
  try {
    for await (const event of state.watch(kind, { signal })) if (event.type !== "noop") news.post();
  } catch (thrown) {
    if (!signal.aborted) log("warn", `etcd: Cannot watch ${kind.type}: ${messageOf(thrown)}`);
  }
}
