import { defineController, type ReconcileContext } from "../../../cosi/controller.ts";
import type { ResourceKind } from "../../../cosi/resource.ts";
import { AddressSpec } from "../../../resources/network/address-spec.ts";
import { AddressStatus } from "../../../resources/network/address-status.ts";
import { HostnameSpec } from "../../../resources/network/hostname-spec.ts";
import { LinkSpec } from "../../../resources/network/link-spec.ts";
import { OperatorSpec } from "../../../resources/network/operator-spec.ts";
import { PlatformConfig } from "../../../resources/network/platform-config.ts";
import { ProbeSpec } from "../../../resources/network/probe-spec.ts";
import { ResolverSpec } from "../../../resources/network/resolver-spec.ts";
import { RouteSpec } from "../../../resources/network/route-spec.ts";
import { TimeServerSpec } from "../../../resources/network/time-server-spec.ts";
import { PlatformMetadata } from "../../../resources/runtime/platform-metadata.ts";
import { type Layered, layered, putWishes, wishes } from "../../layered.ts";
import { putOwn } from "../../put-own.ts";
import { bondOf } from "../wanted/bond.ts";
import { operatorId, routeSpecId } from "../wanted/specs.ts";
import { nothingSaid } from "./nothing-said.ts";
import { platformSays } from "./platform-config-id.ts";

const name = "network.PlatformConfigApplyController";
const layer = "platform";

/** Where addresses seem to be that somebody before the machine answers to, and passes on. */
const externalLink = "external";

const wishKinds = [AddressSpec, LinkSpec, RouteSpec, HostnameSpec, ResolverSpec, TimeServerSpec, OperatorSpec] as const;

/** Makes wishes of what the platform says; of what it said at an earlier boot, until it has said something. */
export const platformConfigApplyController = (platform: string) =>
  defineController({
    name,
    inputs: [{ kind: PlatformConfig, strength: "weak" }],
    outputs: [
      ...wishKinds.map((kind) => ({ kind, ...wishes, sharing: "shared" as const })),
      { kind: ProbeSpec, sharing: "shared" },
      { kind: AddressStatus, sharing: "shared" },
      { kind: PlatformMetadata, sharing: "exclusive" },
    ],
    async reconcile(context) {
      const said = (await platformSays(context)) ?? nothingSaid;
      await apply(context, said);
      await context.put(PlatformMetadata, "platformmetadata", said.metadata ?? { platform });
    },
  });

async function apply(context: ReconcileContext, said: PlatformConfig): Promise<void> {
  const put = async <S extends Layered>(kind: ResourceKind<S>, specs: readonly S[], idOf: (spec: S) => string) => {
    const own = specs.map((spec) => [layered(layer, idOf(spec)), { ...spec, layer }] as const);
    await putWishes(context, name, kind, new Map<string, S>(own));
  };
  await put(LinkSpec, said.links.map(withDefaults), (link) => link.name);
  await put(AddressSpec, said.addresses, ({ linkName, address }) => `${linkName}/${address}`);
  await put(RouteSpec, said.routes, routeSpecId);
  await put(HostnameSpec, said.hostnames, () => "hostname");
  await put(ResolverSpec, said.resolvers, () => "resolvers");
  await put(TimeServerSpec, said.timeServers, () => "timeservers");
  await put(OperatorSpec, said.operators, operatorId);
  const probes = (said.probes ?? []).map((probe) => [probeId(probe), { ...probe, layer }] as const);
  await putOwn(context, name, ProbeSpec, new Map<string, ProbeSpec>(probes));
  await putOwn(context, name, AddressStatus, new Map(said.externalIPs.map(externalAddress)));
}

/** Platforms say of a bond what is special about it. */
const withDefaults = (link: LinkSpec): LinkSpec =>
  link.kind === "bond" ? { ...link, bondMaster: bondOf(link.bondMaster ?? {}) } : link;

const probeId = ({ tcp }: ProbeSpec): string => `tcp:${tcp?.endpoint ?? ""}`;

function externalAddress(ip: string): readonly [id: string, status: AddressStatus] {
  const isInet6 = ip.includes(":");
  const address = `${ip}/${isInet6 ? 128 : 32}`;
  const family = isInet6 ? "inet6" : "inet4";
  const status = { linkName: externalLink, linkIndex: 0, family, scope: "global", flags: 0, priority: 0 } as const;
  return [`${externalLink}/${address}`, { address, ...status }];
}
