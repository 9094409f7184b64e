import { createHash } from "node:crypto";
import { setServers } from "node:dns";
import { hostname as kernelHostname } from "node:os";
import { Queue } from "../../async/queue.ts";
import { defineController, type ReconcileContext } from "../../cosi/controller.ts";
import { messageOf } from "../../errors/message.ts";
import { setHostname } from "../../linux/hostname.ts";
import type { Lease } from "../../net/dhcp4/lease.ts";
import { keepLease } from "../../net/dhcp4/run.ts";
import { PacketSocket } from "../../netlink/packet-socket.ts";
import type { Link } from "../../netlink/rtnetlink/link.ts";
import type { Rtnetlink } from "../../netlink/rtnetlink/rtnetlink.ts";
import { HostnameStatus } from "../../resources/network/hostname-status.ts";
import { ResolverStatus } from "../../resources/network/resolver-status.ts";
import { TimeServerSpec } from "../../resources/network/time-server-spec.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";

const ROUTE_METRIC = 1_024;
const DEFAULT_RESOLVERS = ["1.1.1.1", "8.8.8.8"];
const RESTART_MS = 5_000;

export interface BasicNetworkOptions {
  readonly rtnetlink: Rtnetlink;
  /** Kernel argument `talos.hostname`. */
  readonly hostname: string | undefined;
  /** In a container the links, and the name, are what its runtime made of them. */
  readonly isOurs: boolean;
}

/**
 * The whole network of this slice: every link of real hardware is brought up and configured by DHCPv4. The stack of
 * resources (specs, layers, operators) replaces this file.
 */
export const basicNetworkController = ({ rtnetlink, hostname, isOurs }: BasicNetworkOptions) => {
  const leases = new Map<string, Lease>();
  const clients = new Set<string>();
  const changed = new Queue<void>(1);
  return defineController({
    name: "network.BasicController",
    inputs: [activeConfigInput],
    outputs: [
      { kind: HostnameStatus, sharing: "exclusive" },
      { kind: ResolverStatus, sharing: "exclusive" },
      { kind: TimeServerSpec, namespace: "network-config", sharing: "shared" },
    ],
    wakeOn: (signal) => either(rtnetlink.changes(["link"], signal), changed, signal),
    async reconcile(context) {
      if (isOurs) for (const link of rtnetlink.links()) bringUp(link, context);
      await publish(context);
    },
  });

  function bringUp(link: Link, context: ReconcileContext): void {
    if (!link.isLoopback && !isHardware(link)) return;
    if (!link.isUp) rtnetlink.setLinkUp(link.index);
    if (link.isLoopback || clients.has(link.name)) return;
    clients.add(link.name);
    void holdLease(link, context)
      .catch((thrown) => {
        if (context.signal.aborted) return;
        context.log("warn", `Cannot configure ${link.name} by DHCP: ${messageOf(thrown)}`);
        setTimeout(() => changed.push(), RESTART_MS);
      })
      .finally(() => clients.delete(link.name));
  }

  async function holdLease(link: Link, { signal, log }: ReconcileContext): Promise<void> {
    using socket = new PacketSocket(link.index);
    const hardwareAddress = Uint8Array.fromHex(link.hardwareAddress.replaceAll(":", ""));
    for await (const event of keepLease({ transport: socket, hardwareAddress, signal })) {
      const before = leases.get(link.name);
      if (event.kind === "bound") {
        apply(link, event.lease);
        leases.set(link.name, event.lease);
        if (before?.address !== event.lease.address) {
          log("info", `${link.name} is ${event.lease.address}/${event.lease.prefixLength} by DHCP`);
        }
      } else if (before !== undefined) {
        log("warn", `${link.name} lost its DHCP lease: ${event.reason}`);
        rtnetlink.removeAddress(link.index, `${before.address}/${before.prefixLength}`);
        leases.delete(link.name);
      }
      changed.push();
    }
  }

  function apply(link: Link, { address, prefixLength, leaseSeconds, mtu, routes }: Lease): void {
    const lifetime = Number.isFinite(leaseSeconds) ? { validSeconds: Math.ceil(leaseSeconds) } : {};
    rtnetlink.addAddress(link.index, `${address}/${prefixLength}`, lifetime);
    if (mtu !== undefined && mtu !== link.mtu) rtnetlink.setLink(link.index, { mtu });
    for (const { destination, gateway } of routes) {
      rtnetlink.addRoute({
        ...(destination === "0.0.0.0/0" ? {} : { destination }),
        ...(gateway === undefined ? {} : { gateway, onLink: true }),
        family: "inet4",
        link: link.index,
        source: address,
        metric: ROUTE_METRIC,
        protocol: "dhcp",
      });
    }
  }

  async function publish(context: ReconcileContext): Promise<void> {
    const config = await activeConfig(context);
    const held = [...leases.values()];
    // Before the first lease there is nothing to say yet: services wait for what we publish.
    if (isOurs && held.length === 0) return;
    const [given, ...domains] = (config?.machine.network?.hostname ?? hostname ?? hostnameOf(held)).split(".");
    const name = given ?? "";
    if (isOurs && kernelHostname() !== name) setHostname(name);
    await context.put(HostnameStatus, "hostname", { hostname: name, domainname: domains.join(".") });

    const configured = (config?.machine.network?.nameservers ?? []).filter((server) => server !== undefined);
    const learned = configured.length > 0 ? configured : [...new Set(held.flatMap(({ dns }) => dns))];
    const dnsServers = learned.length > 0 ? [...learned] : DEFAULT_RESOLVERS;
    const searchDomains = [...new Set(held.flatMap((lease) => lease.searchDomains))];
    await context.put(ResolverStatus, "resolvers", { dnsServers, searchDomains });
    // The runtime's resolver keeps the servers of its first use unless it is told.
    if (isOurs) setServers(dnsServers);

    const timeServers = [...new Set(held.flatMap(({ ntp }) => ntp))];
    const [id, inConfig] = ["dhcp4/timeservers", { namespace: "network-config" }] as const;
    if (timeServers.length === 0) await context.destroy(TimeServerSpec, id, inConfig);
    else await context.put(TimeServerSpec, id, { timeServers, layer: "operator" }, inConfig);
  }

  function hostnameOf(held: readonly Lease[]): string {
    if (!isOurs) return kernelHostname();
    return held.find((lease) => lease.hostname !== undefined)?.hostname ?? stableHostname(rtnetlink.links());
  }
};

/** A device, not something the kernel or a network plugin made up. */
const isHardware = ({ kind, type }: Link): boolean => kind === undefined && type === 1;

/** A name that stays: made from the first hardware address, as long as machines have no identity of their own. */
function stableHostname(links: readonly Link[]): string {
  const address = links.find(isHardware)?.hardwareAddress ?? "";
  const digest = createHash("sha256").update(address).digest().subarray(0, 8);
  const text = digest.readBigUInt64BE().toString(36).padStart(6, "0");
  return `talos-${text.slice(0, 3)}-${text.slice(3, 6)}`;
}

/** Wakes by either; a link's change and a lease's are the same to us. */
async function* either(
  first: AsyncIterable<unknown>,
  second: Queue<void>,
  signal: AbortSignal,
): AsyncGenerator<void, void, undefined> {
  using joined = new Queue<void>(1);
  const forward = async (source: AsyncIterable<unknown>) => {
    for await (const _ of source) joined.push();
  };
  signal.addEventListener("abort", () => joined.close(), { once: true });
  void forward(first).catch((thrown) => joined.close(thrown));
  void forward(second).catch((thrown) => joined.close(thrown));
  yield* joined;
}
