import { pause } from "../../src/async/pause.ts";
import { testConfig } from "../../src/config/testing.ts";
import { addressSpecController } from "../../src/controllers/network/address/address-spec.ts";
import { addressStatusController } from "../../src/controllers/network/address/address-status.ts";
import { nodeAddressController } from "../../src/controllers/network/address/node-address.ts";
import { nodeAddressSortAlgorithmController } from "../../src/controllers/network/address/node-address-sort-algorithm.ts";
import {
  addressConfigController,
  linkConfigController,
  routeConfigController,
} from "../../src/controllers/network/configs.ts";
import { ethernetConfigController } from "../../src/controllers/network/ethernet/config.ts";
import { ethernetSpecController } from "../../src/controllers/network/ethernet/spec.ts";
import { ethernetStatusController } from "../../src/controllers/network/ethernet/status.ts";
import { hardwareAddressController } from "../../src/controllers/network/link/hardware-address.ts";
import { linkAliasConfigController } from "../../src/controllers/network/link/link-alias-config.ts";
import { linkAliasSpecController } from "../../src/controllers/network/link/link-alias-spec.ts";
import { linkSpecController } from "../../src/controllers/network/link/link-spec.ts";
import { linkStatusController } from "../../src/controllers/network/link/link-status.ts";
import {
  addressMergeController,
  linkMergeController,
  routeMergeController,
} from "../../src/controllers/network/merges.ts";
import { routeSpecController } from "../../src/controllers/network/route/route-spec.ts";
import { routeStatusController } from "../../src/controllers/network/route/route-status.ts";
import { configure } from "../../src/controllers/testing.ts";
import type { ResourceKind } from "../../src/cosi/resource.ts";
import { runtimeWith, type TestRuntime } from "../../src/cosi/testing.ts";
import { inNetworkNamespace } from "../../src/linux/testing/namespace.ts";
import { Ethtool } from "../../src/netlink/ethtool/ethtool.ts";
import { Rtnetlink } from "../../src/netlink/rtnetlink/rtnetlink.ts";
import { parseKernelArguments } from "../../src/platform/kernel-arguments.ts";
import { networkArguments } from "../../src/platform/network-arguments.ts";
import { AddressStatus } from "../../src/resources/network/address-status.ts";
import { LinkStatus } from "../../src/resources/network/link-status.ts";
import { RouteStatus } from "../../src/resources/network/route-status.ts";
import { type Figure, percentile, type Report } from "./report.ts";

const scale = { links: 500, addressesOfEach: 2, routes: 10_000, samples: 200 } as const;
const flaps = { perSecond: 100, seconds: 60 } as const;
const settleMs = 60;
const stillness = { silenceMs: 1_000, patienceMs: 30_000 } as const;
const goals = { eventMs: 10, idleMs: 0.1, afterFlapsMs: 1_000 } as const;

/** The network room in a network namespace of its own; needs root. */
export async function networkReports(): Promise<readonly Report[]> {
  return [await inNetwork(smallMachine), await inNetwork(largeMachine), await inNetwork(routeTable)];
}

interface Network {
  readonly machine: TestRuntime;
  readonly rtnetlink: Rtnetlink;
}

const inNetwork = (measure: (network: Network) => Promise<Report>): Promise<Report> =>
  inNetworkNamespace(async () => {
    using rtnetlink = new Rtnetlink();
    using ethtool = Ethtool.open();
    rtnetlink.setLinkUp("lo");
    rtnetlink.createLink({ name: "near", kind: "veth", peerName: "far" });
    for (const name of ["near", "far"]) rtnetlink.setLinkUp(name);
    const cmdline = networkArguments(parseKernelArguments(""));
    await using machine = await runtimeWith(
      ...[linkConfigController(cmdline), linkMergeController()],
      linkSpecController({ rtnetlink, loadKind: async () => {} }),
      ...[addressConfigController(cmdline), addressMergeController(), addressSpecController(rtnetlink)],
      ...[routeConfigController(cmdline), routeMergeController(), routeSpecController(rtnetlink)],
      ...[linkStatusController(rtnetlink), addressStatusController(rtnetlink), routeStatusController(rtnetlink)],
      ...[ethernetConfigController(), ethernetSpecController(rtnetlink, ethtool), ethernetStatusController(ethtool)],
      ...[linkAliasConfigController(), linkAliasSpecController(rtnetlink), hardwareAddressController()],
      ...[nodeAddressController(), nodeAddressSortAlgorithmController()],
    );
    await configure(machine, testConfig());
    await machine.eventually(LinkStatus, "near", ({ spec }) => spec.linkState);
    return await measure({ machine, rtnetlink });
  });

async function smallMachine(network: Network): Promise<Report> {
  const latency = await latencyFigures(network);
  return {
    title: "Network: two ends of a cable",
    figures: [...latency, await idleFigure(network), ...(await flapping(network))],
  };
}

async function largeMachine(network: Network): Promise<Report> {
  const { links, addressesOfEach } = scale;
  const addresses = links * addressesOfEach;
  const began = processorMs();
  const startMs = performance.now();
  await configure(network.machine, testConfig() + Array.from({ length: links }, (_, index) => bridge(index)).join(""));
  // The loopback, the cable's ends; addresses that the kernel makes itself are left out.
  await until(network, LinkStatus, links + 3);
  await until(network, AddressStatus, addresses, ({ scope, family }) => scope === "global" && family === "inet4");
  const wallMs = performance.now() - startMs;
  const converged = processorMs() - began;
  await quiet(network);
  return {
    title: `Network: ${links} links and ${addresses} addresses`,
    figures: [
      { name: "from the config until all are shown", value: wallMs, unit: "ms" },
      { name: "processor time of that", value: converged, unit: "ms" },
      ...(await latencyFigures(network)),
      await idleFigure(network),
    ],
  };
}

async function routeTable({ machine, rtnetlink }: Network): Promise<Report> {
  rtnetlink.addAddress("near", "192.0.2.1/24");
  const near = rtnetlink.link("near")?.index ?? 0;
  const startMs = performance.now();
  for (let index = 0; index < scale.routes; index += 1) {
    rtnetlink.addRoute({ destination: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}/32`, link: near });
  }
  const addedMs = performance.now();
  await until({ machine, rtnetlink }, RouteStatus, scale.routes, ({ protocol }) => protocol === "static");
  const shownMs = performance.now();
  await quiet({ machine, rtnetlink });
  const dumps = Array.from({ length: 10 }, () => {
    // Nothing is known to it yet.
    using fresh = new Rtnetlink();
    const dumpMs = performance.now();
    fresh.routes();
    return performance.now() - dumpMs;
  });
  const again = await latencies(100, async (index) => {
    const destination = `203.0.113.${index}/32`;
    const shown = machine.eventually(RouteStatus, `inet4//${destination}/0`);
    const began = performance.now();
    rtnetlink.addRoute({ destination, link: near });
    await shown;
    return performance.now() - began;
  });
  return {
    title: `Network: ${scale.routes} routes`,
    figures: [
      { name: "the kernel takes them", value: addedMs - startMs, unit: "ms" },
      { name: "until all are shown", value: shownMs - addedMs, unit: "ms" },
      { name: "one dump, p50", value: percentile(dumps, 0.5), unit: "ms" },
      { name: "one more route until it is shown, p50", value: percentile(again, 0.5), unit: "ms" },
      { name: "one more route until it is shown, p99", value: percentile(again, 0.99), unit: "ms" },
    ],
  };
}

/** From before the kernel is asked for a change until a watcher of the status has it. */
async function latencyFigures({ machine, rtnetlink }: Network): Promise<Figure[]> {
  const addressMs = await latencies(scale.samples, async (index) => {
    const prefix = `198.51.100.${index % 250}/32`;
    const shown = machine.eventually(AddressStatus, `near/${prefix}`);
    const began = performance.now();
    rtnetlink.addAddress("near", prefix);
    await shown;
    const elapsed = performance.now() - began;
    rtnetlink.removeAddress("near", prefix);
    await machine.eventuallyGone(AddressStatus, `near/${prefix}`);
    return elapsed;
  });
  const linkMs = await latencies(scale.samples, async (index) => {
    const shown = machine.eventually(LinkStatus, "far", ({ spec }) => spec.mtu === 1_300 + index);
    const began = performance.now();
    rtnetlink.setLink("far", { mtu: 1_300 + index });
    await shown;
    return performance.now() - began;
  });
  return [
    { name: "an address until it is shown, p50", value: percentile(addressMs, 0.5), unit: "ms" },
    { name: "an address until it is shown, p99", value: percentile(addressMs, 0.99), unit: "ms", goal: goals.eventMs },
    { name: "a link's change until it is shown, p50", value: percentile(linkMs, 0.5), unit: "ms" },
    {
      name: "a link's change until it is shown, p99",
      value: percentile(linkMs, 0.99),
      unit: "ms",
      goal: goals.eventMs,
    },
  ];
}

/** A cable that is pulled and put back, again and again; afterwards the status has to be true. */
async function flapping({ machine, rtnetlink }: Network): Promise<Figure[]> {
  const count = flaps.perSecond * flaps.seconds;
  const far = rtnetlink.link("far")?.index ?? 0;
  const memoryBefore = process.memoryUsage().rss;
  const [startMs, began] = [performance.now(), processorMs()];
  for (let flap = 0; flap < count; flap += 1) {
    rtnetlink.setLinkUp(far, flap % 2 === 1);
    const lateMs = startMs + ((flap + 1) * 1_000) / flaps.perSecond - performance.now();
    await pause(Math.max(0, lateMs));
  }
  rtnetlink.setLinkUp(far, false);
  const endMs = performance.now();
  await machine.eventually(LinkStatus, "near", ({ spec }) => !spec.linkState && spec.operationalState !== "up");
  const seenDownMs = performance.now() - endMs;
  rtnetlink.setLinkUp(far, true);
  const used = (processorMs() - began) / (endMs - startMs);
  const grown = (process.memoryUsage().rss - memoryBefore) / 1_048_576;
  return [
    { name: `${count} flaps: processor, of one`, value: used * 100, unit: "%" },
    { name: `${count} flaps: memory more than before`, value: grown, unit: "MiB" },
    { name: "after the last flap until it is shown", value: seenDownMs, unit: "ms", goal: goals.afterFlapsMs },
  ];
}

/** Processor time while nothing happens; Bun with nothing to do takes 1 to 5 ms by itself, for its garbage. */
async function idleFigure(network: Network): Promise<Figure> {
  await quiet(network);
  const seconds = 10;
  const began = processorMs();
  await pause(seconds * 1_000);
  const value = (processorMs() - began) / seconds;
  return { name: "idle: processor time in a second", value, unit: "ms" };
}

/** What is under way ends, the kernel's own included, and garbage is gone, before something else is measured. */
async function quiet({ rtnetlink }: Network): Promise<void> {
  const giveUp = AbortSignal.timeout(stillness.patienceMs);
  const stopping = new AbortController();
  const news = rtnetlink.news(["link", "address", "route"], stopping.signal)[Symbol.asyncIterator]();
  let next = news.next();
  while (!giveUp.aborted) {
    const isStill = await Promise.race([next.then(() => false), pause(stillness.silenceMs, giveUp).then(() => true)]);
    if (isStill) break;
    next = news.next();
  }
  stopping.abort();
  await next;
  Bun.gc(true);
}

async function latencies(count: number, measure: (index: number) => Promise<number>): Promise<number[]> {
  const measured: number[] = [];
  for (let index = 0; index < count; index += 1) {
    measured.push(await measure(index));
    // What the change leads to is not part of the next one.
    await pause(settleMs);
  }
  return measured;
}

async function until<S>(
  { machine }: Network,
  kind: ResourceKind<S>,
  count: number,
  matches: (spec: S) => boolean = () => true,
): Promise<void> {
  const shown = new Set<string>();
  const signal = AbortSignal.timeout(120_000);
  for await (const event of machine.state.watch(kind, { signal, bootstrapContents: true })) {
    if (event.type === "created" || event.type === "updated") {
      if (matches(event.resource.spec)) shown.add(event.resource.metadata.id);
    } else if (event.type === "destroyed") shown.delete(event.resource.metadata.id);
    if (shown.size >= count) return;
  }
  throw new Error(`Cannot see ${count} of ${kind.type}: there are ${shown.size}`);
}

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

const bridge = (index: number): string => `---
apiVersion: v1alpha1
kind: BridgeConfig
name: bench${index}
addresses:
  - address: 10.${100 + (index >> 8)}.${index & 255}.1/24
  - address: 10.${200 + (index >> 8)}.${index & 255}.1/24
`;
