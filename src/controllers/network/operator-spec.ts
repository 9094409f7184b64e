import { Doorbell } from "../../async/doorbell.ts";
import { defineController, type ReconcileContext } from "../../cosi/controller.ts";
import type { Lease } from "../../net/dhcp4/lease.ts";
import { AddressSpec } from "../../resources/network/address-spec.ts";
import { HostnameSpec } from "../../resources/network/hostname-spec.ts";
import { LinkSpec } from "../../resources/network/link-spec.ts";
import { LinkStatus } from "../../resources/network/link-status.ts";
import { OperatorSpec } from "../../resources/network/operator-spec.ts";
import { ResolverSpec } from "../../resources/network/resolver-spec.ts";
import { RouteSpec } from "../../resources/network/route-spec.ts";
import { TimeServerSpec } from "../../resources/network/time-server-spec.ts";
import { EtcdRootSecret } from "../../resources/secrets/etcd-root-secret.ts";
import { EtcdSecret } from "../../resources/secrets/etcd-secret.ts";
import { Service } from "../../resources/v1alpha1/service.ts";
import { localEtcd } from "../etcd/local.ts";
import { putWishes, wishes } from "../layered.ts";
import { runDhcp4 } from "./dhcp4-operator.ts";
import { type ElectionClient, runVip } from "./vip-operator.ts";
import { addLease, addShared, noWishes, type OperatorWishes } from "./wanted/lease.ts";

const name = "network.OperatorSpecController";

/** One operator at work. */
interface Run {
  /** What it was started for: another wish, or another device of the same name, needs another run. */
  readonly reason: string;
  readonly stop: AbortController;
  /** What it asks for now. */
  add: (to: OperatorWishes) => void;
}

export interface OperatorSpecOptions {
  /** This machine's member, for elections; undefined while it has none. */
  readonly connect?: (context: Pick<ReconcileContext, "get">) => Promise<ElectionClient | undefined>;
}

/** Runs what asks others for a link's configuration, and passes on what it is told as wishes. */
export const operatorSpecController = ({ connect = localEtcd }: OperatorSpecOptions = {}) => {
  const runs = new Map<string, Run>();
  const changed = new Doorbell();
  return defineController({
    name,
    inputs: [
      { kind: OperatorSpec, strength: "weak" },
      { kind: LinkStatus, strength: "weak" },
      // Elections are held by the control plane's database.
      { kind: Service, id: "etcd", strength: "weak" },
      { kind: EtcdSecret, id: "etcd", strength: "weak" },
      { kind: EtcdRootSecret, id: "etcd", strength: "weak" },
    ],
    outputs: [AddressSpec, LinkSpec, RouteSpec, HostnameSpec, ResolverSpec, TimeServerSpec].map((kind) => ({
      ...{ kind, ...wishes, sharing: "shared" as const },
    })),
    wakeOn: (signal) => changed.rings(signal),
    async reconcile(context) {
      await startAndStop(context);
      const all = noWishes();
      for (const { add } of runs.values()) add(all);
      await putWishes(context, name, LinkSpec, all.links);
      await putWishes(context, name, AddressSpec, all.addresses);
      await putWishes(context, name, RouteSpec, all.routes);
      await putWishes(context, name, HostnameSpec, all.hostnames);
      await putWishes(context, name, ResolverSpec, all.resolvers);
      await putWishes(context, name, TimeServerSpec, all.timeServers);
    },
  });

  async function startAndStop(context: ReconcileContext): Promise<void> {
    const hasEtcd = (await context.get(Service, "etcd"))?.spec.healthy === true;
    const wanted = new Map<string, { readonly spec: OperatorSpec; readonly link: LinkStatus }>();
    for (const { metadata, spec } of await context.list(OperatorSpec)) {
      const link = (await context.get(LinkStatus, spec.linkName))?.spec;
      const canRun = link !== undefined && link.hardwareAddr !== "" && (link.linkState || !spec.requireUp);
      const isOurs = spec.operator === "dhcp4" || (spec.operator === "vip" && hasEtcd);
      if (metadata.phase === "running" && isOurs && canRun) wanted.set(metadata.id, { spec, link });
    }
    for (const [id, run] of runs) {
      const now = wanted.get(id);
      if (now !== undefined && reasonOf(now) === run.reason) continue;
      run.stop.abort();
      runs.delete(id);
    }
    for (const [id, now] of wanted) if (!runs.has(id)) runs.set(id, start(now, context));
  }

  function start({ spec, link }: { spec: OperatorSpec; link: LinkStatus }, context: ReconcileContext): Run {
    const { log } = context;
    const run: Run = { reason: reasonOf({ spec, link }), stop: new AbortController(), add: () => {} };
    const signal = AbortSignal.any([context.signal, run.stop.signal]);
    const ask = (add: Run["add"] = () => {}) => {
      run.add = add;
      changed.ring();
    };
    if (spec.operator === "vip") {
      const onHolder = (holds: boolean) => ask(holds ? (to) => addShared(to, spec) : undefined);
      void runVip({ spec, log, signal, onHolder, connect: () => connect(context) });
    } else {
      const onLease = (lease: Lease | undefined) =>
        ask(lease === undefined ? undefined : (to) => addLease(to, spec, lease));
      void runDhcp4({ spec, link, log, signal, onLease });
    }
    return run;
  }
};

const reasonOf = ({ spec, link }: { readonly spec: OperatorSpec; readonly link: LinkStatus }): string =>
  JSON.stringify([spec.dhcp4, spec.vip, link.index, link.hardwareAddr]);
