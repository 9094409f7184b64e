import { Queue } from "../../async/queue.ts";
import { defineController, type ReconcileContext } from "../../cosi/controller.ts";
import { messageOf } from "../../errors/message.ts";
import type { Lease } from "../../net/dhcp4/lease.ts";
import { keepLease } from "../../net/dhcp4/run.ts";
import { PacketSocket } from "../../netlink/packet-socket.ts";
import type { Link } from "../../netlink/rtnetlink/link.ts";
import type { Rtnetlink } from "../../netlink/rtnetlink/rtnetlink.ts";
import { HostnameSpec } from "../../resources/network/hostname-spec.ts";
import { ResolverSpec } from "../../resources/network/resolver-spec.ts";
import { TimeServerSpec } from "../../resources/network/time-server-spec.ts";
import { putWishes, wishes } from "../layered.ts";
import { hostnameSpec } from "./hostname.ts";

const name = "network.BasicController";
const ROUTE_METRIC = 1_024;
const RESTART_MS = 5_000;

export interface BasicNetworkOptions {
  readonly rtnetlink: Rtnetlink;
  /** In a container the links, and the name, are what its runtime made of them. */
  readonly isOurs: boolean;
}

/**
 * The whole network of this slice: every link of real hardware is brought up and configured by DHCPv4. The stack of
 * resources (specs, layers, operators) replaces this file.
 */
export const basicNetworkController = ({ rtnetlink, isOurs }: BasicNetworkOptions) => {
  const leases = new Map<string, Lease>();
  const clients = new Set<string>();
  const changed = new Queue<void>(1);
  return defineController({
    name,
    inputs: [],
    outputs: [
      { kind: HostnameSpec, ...wishes, sharing: "shared" },
      { kind: ResolverSpec, ...wishes, sharing: "shared" },
      { kind: TimeServerSpec, ...wishes, sharing: "shared" },
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
    const names = new Map<string, HostnameSpec>();
    const resolvers = new Map<string, ResolverSpec>();
    const timeServers = new Map<string, TimeServerSpec>();
    for (const [link, { hostname, domain = "", dns, searchDomains, ntp }] of leases) {
      const id = `dhcp4/${link}`;
      const fullName = hostname === undefined || hostname.includes(".") ? hostname : `${hostname}.${domain}`;
      const named = hostnameSpec(fullName ?? "", "operator");
      if (named !== undefined) names.set(`${id}/hostname`, named);
      if (dns.length > 0) resolvers.set(`${id}/resolvers`, { dnsServers: dns, searchDomains, layer: "operator" });
      if (ntp.length > 0) timeServers.set(`${id}/timeservers`, { timeServers: ntp, layer: "operator" });
    }
    await putWishes(context, name, HostnameSpec, names);
    await putWishes(context, name, ResolverSpec, resolvers);
    await putWishes(context, name, TimeServerSpec, timeServers);
  }
};

/** A device, not something the kernel or a network plugin made up. */
const isHardware = ({ kind, type }: Link): boolean => kind === undefined && type === 1;

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
