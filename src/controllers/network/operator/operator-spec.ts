import { Doorbell } from "../../../async/doorbell.ts";
import { defineController, type ReconcileContext } from "../../../cosi/controller.ts";
import { notNeeded } from "../../../net/dhcp/not-needed.ts";
import { AddressSpec } from "../../../resources/network/address-spec.ts";
import { HostnameSpec } from "../../../resources/network/hostname-spec.ts";
import { HostnameStatus } from "../../../resources/network/hostname-status.ts";
import { LinkSpec } from "../../../resources/network/link-spec.ts";
import { LinkStatus } from "../../../resources/network/link-status.ts";
import { OperatorSpec } from "../../../resources/network/operator-spec.ts";
import { ResolverSpec } from "../../../resources/network/resolver-spec.ts";
import { RouteSpec } from "../../../resources/network/route-spec.ts";
import { TimeServerSpec } from "../../../resources/network/time-server-spec.ts";
import { localEtcd } from "../../etcd/local.ts";
import { putWishes, wishes } from "../../layered.ts";
import { noWishes } from "../wanted/lease.ts";
import { NameNews } from "./name-news.ts";
import { OperatorRun } from "./operator-run.ts";
import { dutyInputs, SharedAddressDuty } from "./shared-address-duty.ts";
import type { ElectionClient } from "./vip-operator.ts";

const name = "network.OperatorSpecController";

export interface OperatorSpecOptions {
  /** This machine's member, for elections; undefined while it has none. */
  readonly connect?: (context: Pick<ReconcileContext, "get">) => Promise<ElectionClient | undefined>;
}

/** Runs what asks others for a link's configuration, and passes on what it is told as wishes. */
export const operatorSpecController = ({ connect = localEtcd }: OperatorSpecOptions = {}) => {
  const runs = new Map<string, OperatorRun>();
  /** Addresses of leases that go on while their links are down, by operator. */
  const previous = new Map<string, { readonly address: string; readonly untilMs: number }>();
  const names = new NameNews();
  const duty = new SharedAddressDuty();
  /** Elections that have not ended yet. */
  const electing = new Set<OperatorRun>();
  const changed = new Doorbell();
  return defineController({
    name,
    inputs: [
      { kind: OperatorSpec, strength: "weak" },
      { kind: LinkStatus, strength: "weak" },
      { kind: HostnameStatus, id: "hostname", strength: "weak" },
      ...dutyInputs,
    ],
    outputs: [AddressSpec, LinkSpec, RouteSpec, HostnameSpec, ResolverSpec, TimeServerSpec].map((kind) => ({
      ...{ kind, ...wishes, sharing: "shared" as const },
    })),
    wakeOn: (signal) => changed.rings(signal),
    async reconcile(context) {
      await startAndStop(context);
      const all = noWishes();
      for (const run of runs.values()) run.addTo(all);
      await putWishes(context, name, LinkSpec, all.links);
      await putWishes(context, name, AddressSpec, all.addresses);
      await putWishes(context, name, RouteSpec, all.routes);
      await putWishes(context, name, HostnameSpec, all.hostnames);
      await putWishes(context, name, ResolverSpec, all.resolvers);
      await putWishes(context, name, TimeServerSpec, all.timeServers);
      const waitMs = names.follow((await context.get(HostnameStatus, "hostname"))?.spec, runs.values());
      if (waitMs !== undefined) context.requeueAfter(waitMs);
    },
  });

  async function startAndStop(context: ReconcileContext): Promise<void> {
    const turn = await duty.look(context);
    const known = new Set<string>();
    const wanted = new Map<string, { readonly spec: OperatorSpec; readonly link: LinkStatus }>();
    for (const { metadata, spec } of await context.list(OperatorSpec)) {
      if (metadata.phase !== "running") continue;
      known.add(metadata.id);
      const link = (await context.get(LinkStatus, spec.linkName))?.spec;
      const canRun = link !== undefined && link.hardwareAddr !== "" && (link.linkState || !spec.requireUp);
      if (canRun && (spec.operator !== "vip" || turn !== "rests")) wanted.set(metadata.id, { spec, link });
    }
    for (const [id, run] of runs) {
      const now = wanted.get(id);
      const isOver = run.isElection && turn === "yields";
      if (now !== undefined && !isOver && run.goesOnWith(now.spec, now.link)) continue;
      // A lease outlives its link's carrier; what nobody wishes any more is given back.
      run.stop(known.has(id) ? undefined : notNeeded);
      runs.delete(id);
      if (run.lease === undefined) previous.delete(id);
      else previous.set(id, run.lease);
    }
    for (const id of previous.keys()) if (!known.has(id)) previous.delete(id);
    for (const [id, { spec, link }] of wanted) {
      if (runs.has(id)) continue;
      const before = previous.get(id);
      const previousAddress = before !== undefined && before.untilMs > performance.now() ? before.address : undefined;
      const { log, signal } = context;
      const onChange = () => changed.ring();
      const run = new OperatorRun({
        ...{ spec, link, log, signal, onChange, previousAddress, connect: () => connect(context) },
      });
      runs.set(id, run);
      if (run.isElection) follow(run);
    }
    await duty.hold(context, electing.size > 0);
  }

  /** An election takes a moment to end: the address is to be free for others by then. */
  function follow(run: OperatorRun): void {
    electing.add(run);
    void run.ended.then(() => {
      electing.delete(run);
      changed.ring();
    });
  }
};
