import { defineController } from "../../../cosi/controller.ts";
import { AddressFlag } from "../../../netlink/rtnetlink/constants.ts";
import { AddressSpec } from "../../../resources/network/address-spec.ts";
import { HostDNSConfig } from "../../../resources/network/host-dns-config.ts";
import { activeConfig, activeConfigInput } from "../../active-config.ts";
import { putWishes, wishes } from "../../layered.ts";

/** Where programs of this machine would ask. */
const listenAddress = "127.0.0.53:53";
/** Where pods would ask: an address of every machine that means just that machine. */
const serviceAddress = "169.254.116.108";

const name = "network.HostDNSConfigController";

const onLoopback: AddressSpec = {
  address: `${serviceAddress}/32`,
  linkName: "lo",
  family: "inet4",
  scope: "host",
  flags: AddressFlag.permanent,
  layer: "operator",
};

/** Says how the machine's own resolver should run. */
export const hostDnsConfigController = () =>
  defineController({
    name,
    inputs: [activeConfigInput],
    outputs: [
      { kind: HostDNSConfig, sharing: "exclusive" },
      { kind: AddressSpec, ...wishes, sharing: "shared" },
    ],
    async reconcile(context) {
      const config = await activeConfig(context);
      const hostDNS = config?.machine.features.hostDNS;
      const hasIpv4Pods = config?.cluster.network.podSubnets.some((prefix) => !prefix.includes(":")) ?? false;
      const forPods = (hostDNS?.enabled ?? false) && (hostDNS?.forwardKubeDNSToHost ?? false) && hasIpv4Pods;
      await context.put(HostDNSConfig, "config", {
        enabled: hostDNS?.enabled ?? false,
        listenAddresses: [listenAddress, ...(forPods ? [`${serviceAddress}:53`] : [])],
        ...(forPods ? { serviceHostDNSAddress: serviceAddress } : {}),
        resolveMemberNames: hostDNS?.resolveMemberNames ?? false,
      });
      await putWishes(
        context,
        name,
        AddressSpec,
        new Map(forPods ? [[`operator/lo/${onLoopback.address}`, onLoopback]] : []),
      );
    },
  });
