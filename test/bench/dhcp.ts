import { testConfig } from "../../src/config/testing.ts";
import { addressSpecController } from "../../src/controllers/network/address/address-spec.ts";
import { addressStatusController } from "../../src/controllers/network/address/address-status.ts";
import { linkConfigController, operatorConfigController } from "../../src/controllers/network/configs.ts";
import { linkSpecController } from "../../src/controllers/network/link/link-spec.ts";
import { linkStatusController } from "../../src/controllers/network/link/link-status.ts";
import {
  addressMergeController,
  linkMergeController,
  operatorMergeController,
} from "../../src/controllers/network/merges.ts";
import { operatorSpecController } from "../../src/controllers/network/operator/operator-spec.ts";
import { type DhcpNetwork, dnsmasq, withDhcpServer } from "../../src/controllers/network/testing/dhcp-network.ts";
import { configure } from "../../src/controllers/testing.ts";
import { runtimeWith } from "../../src/cosi/testing.ts";
import { keepLease } from "../../src/net/dhcp4/run.ts";
import { PacketSocket } from "../../src/netlink/packet-socket.ts";
import { parseKernelArguments } from "../../src/platform/kernel-arguments.ts";
import { networkArguments } from "../../src/platform/network-arguments.ts";
import { AddressStatus } from "../../src/resources/network/address-status.ts";
import { LinkStatus } from "../../src/resources/network/link-status.ts";
import { OperatorSpec } from "../../src/resources/network/operator-spec.ts";
import { percentile, type Report } from "./report.ts";

const samples = 20;
const goalMs = 100;
const address = "192.0.2.100";
const server = dnsmasq("DHCP, IP range", `--dhcp-range=${address},${address},255.255.255.0,2m`);

/** How long a cable is in before its link has an address; needs root. */
export async function dhcpReport(): Promise<Report> {
  const first: number[] = [];
  const again: number[] = [];
  const exchanges: number[] = [];
  for (let sample = 0; sample < samples; sample += 1) {
    await withDhcpServer(server, async (network) => {
      exchanges.push(await exchange(network));
      const times = await plugTwice(network);
      first.push(times.firstMs);
      again.push(times.againMs);
    });
  }
  const median = (values: readonly number[]) => percentile(values, 0.5);
  const ownMs = first.map((value, index) => value - (exchanges[index] ?? 0));
  return {
    title: `DHCP: from the carrier until the address is shown, ${samples} times`,
    figures: [
      { name: "without the server's time, median", value: median(ownMs), unit: "ms", goal: goalMs },
      { name: "without the server's time, slowest", value: Math.max(...ownMs), unit: "ms", goal: goalMs },
      { name: "with it, median", value: median(first), unit: "ms" },
      { name: "a link that comes back, median", value: median(again), unit: "ms" },
      { name: "four messages with dnsmasq alone, median", value: median(exchanges), unit: "ms" },
    ],
  };
}

/** Four messages, and no more. */
async function exchange({ link, hardwareAddress }: DhcpNetwork): Promise<number> {
  using transport = new PacketSocket(link.index);
  const stop = new AbortController();
  const events = keepLease({ transport, hardwareAddress, signal: stop.signal });
  const began = performance.now();
  await events.next();
  const tookMs = performance.now() - began;
  stop.abort();
  while (!(await events.next()).done);
  return tookMs;
}

async function plugTwice({ outside, rtnetlink }: DhcpNetwork): Promise<{ firstMs: number; againMs: number }> {
  outside.setLinkUp("far", false);
  const cmdline = networkArguments(parseKernelArguments(""));
  await using machine = await runtimeWith(
    ...[linkConfigController(cmdline), linkMergeController()],
    linkSpecController({ rtnetlink, loadKind: async () => {} }),
    ...[operatorConfigController(cmdline), operatorMergeController(), operatorSpecController()],
    ...[addressMergeController(), addressSpecController(rtnetlink)],
    ...[linkStatusController(rtnetlink), addressStatusController(rtnetlink)],
  );
  const asking = "            - { interface: near, dhcp: true }\n";
  await configure(machine, testConfig().replace("    network: {}\n", `    network:\n        interfaces:\n${asking}`));
  await machine.eventually(OperatorSpec, "dhcp4/near");
  await machine.eventually(LinkStatus, "near", ({ spec }) => !spec.linkState);
  const plug = async () => {
    const began = performance.now();
    outside.setLinkUp("far");
    await machine.eventually(AddressStatus, `near/${address}/24`);
    return performance.now() - began;
  };
  const firstMs = await plug();
  outside.setLinkUp("far", false);
  await machine.eventuallyGone(AddressStatus, `near/${address}/24`);
  return { firstMs, againMs: await plug() };
}
