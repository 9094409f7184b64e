import { defineController } from "../../cosi/controller.ts";
import { EtcFileStatus } from "../../resources/files/etc-file-status.ts";
import { HostnameStatus } from "../../resources/network/hostname-status.ts";
import { NetworkStatus } from "../../resources/network/network-status.ts";
import { NodeAddress } from "../../resources/network/node-address.ts";
import { ProbeStatus } from "../../resources/network/probe-status.ts";
import { RouteStatus } from "../../resources/network/route-status.ts";

/** Tunnels have one without a gateway; the kernel's own for IPv6 says that there is no way. */
const isDefaultRoute = ({ dst, type }: RouteStatus) => dst === "" && type === "unicast";

/**
 * Says in one place what of the network is ready; services wait for it. It is connected when all probes work, or, where
 * nobody wants any, when there is a way to everywhere.
 */
export const networkStatusController = () =>
  defineController({
    name: "network.StatusController",
    inputs: [
      { kind: NodeAddress, id: "current", strength: "weak" },
      { kind: RouteStatus, strength: "weak" },
      { kind: ProbeStatus, strength: "weak" },
      { kind: HostnameStatus, strength: "weak" },
      { kind: EtcFileStatus, strength: "weak" },
    ],
    outputs: [{ kind: NetworkStatus, sharing: "exclusive" }],
    async reconcile(context) {
      const addresses = await context.get(NodeAddress, "current");
      const files = new Set((await context.list(EtcFileStatus)).map(({ metadata }) => metadata.id));
      const probes = await context.list(ProbeStatus);
      const routes = await context.list(RouteStatus);
      await context.put(NetworkStatus, "status", {
        addressReady: (addresses?.spec.addresses.length ?? 0) > 0,
        connectivityReady:
          probes.length > 0
            ? probes.every(({ spec }) => spec.success)
            : routes.some(({ spec }) => isDefaultRoute(spec)),
        hostnameReady: (await context.get(HostnameStatus, "hostname")) !== undefined,
        etcFilesReady: files.has("hosts") && files.has("resolv.conf"),
      });
    },
  });
