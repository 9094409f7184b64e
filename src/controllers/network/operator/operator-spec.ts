import { Doorbell } from "../../../async/doorbell.ts";
import { defineController, type ReconcileContext } from "../../../cosi/controller.ts";
import { AddressSpec } from "../../../resources/network/address-spec.ts";
import { HostnameSpec } from "../../../resources/network/hostname-spec.ts";
import { HostnameStatus } from "../../../resources/network/hostname-status.ts";
import { LinkSpec } from "../../../resources/network/link-spec.ts";
import { LinkStatus } from "../../../resources/network/link-status.ts";
import { OperatorSpec } from "../../../resources/network/operator-spec.ts";
import { ResolverSpec } from "../../../resources/network/resolver-spec.ts";
import { RouteSpec } from "../../../resources/network/route-spec.ts";
import { TimeServerSpec } from "../../../resources/network/time-server-spec.ts";
import { type ConnectEtcd, localEtcd } from "../../etcd/local.ts";
import { reachCluster } from "../../etcd/reach.ts";
import { putWishes, wishes } from "../../layered.ts";
import { noWishes } from "../wanted/lease.ts";
import { NameNews } from "./name-news.ts";
import { OperatorRuns, type WantedRuns } from "./operator-runs.ts";
import { dutyInputs, SharedAddressDuty, type SharedAddressTurn } from "./shared-address-duty.ts";

const name = "network.OperatorSpecController";

export interface OperatorSpecOptions {
  /** This machine's member, for elections; undefined while it has none. */
  readonly connect?: ConnectEtcd<"withLock">;
}

/** Runs what asks others for a link's configuration, and passes on what it is told as wishes. */
export const operatorSpecController = ({ connect = localEtcd }: OperatorSpecOptions = {}) => {
  const changed = new Doorbell();
  const runs = new OperatorRuns(() => changed.ring());
  const names = new NameNews();
  const duty = new SharedAddressDuty();
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
      const { log, signal } = context;
      runs.follow(await wantedRuns(context, await duty.look(context)), {
        log,
        signal,
        connect: () => connect(context),
        reachOther: (signal) => reachCluster(context, { signal }),
      });
      await duty.hold(context, runs.isElecting);
      const all = noWishes();
      for (const run of runs) run.addTo(all);
      await putWishes(context, name, LinkSpec, all.links);
      await putWishes(context, name, AddressSpec, all.addresses);
      await putWishes(context, name, RouteSpec, all.routes);
      await putWishes(context, name, HostnameSpec, all.hostnames);
      await putWishes(context, name, ResolverSpec, all.resolvers);
      await putWishes(context, name, TimeServerSpec, all.timeServers);
      const waitMs = names.follow((await context.get(HostnameStatus, "hostname"))?.spec, runs);
      if (waitMs !== undefined) context.requeueAfter(waitMs);
    },
  });
};

/** Operators whose links can be asked on; elections only of machines that may have a shared address. */
async function wantedRuns(context: ReconcileContext, turn: SharedAddressTurn): Promise<WantedRuns> {
  const known = new Set<string>();
  const runs = new Map<string, { readonly spec: OperatorSpec; readonly link: LinkStatus }>();
  for (const { metadata, spec } of await context.list(OperatorSpec)) {
    if (metadata.phase !== "running") continue;
    known.add(metadata.id);
    const link = (await context.get(LinkStatus, spec.linkName))?.spec;
    const canRun = link !== undefined && link.hardwareAddr !== "" && (link.linkState || !spec.requireUp);
    if (canRun && (spec.operator !== "vip" || turn !== "rests")) runs.set(metadata.id, { spec, link });
  }
  return { runs, known, isYielding: turn === "yields" };
}
