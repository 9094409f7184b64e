import { toYaml } from "../../../config/yaml.ts";
import type { machine } from "../../../proto/index.ts";

/** What a request wants beyond a plain config, as a patch. */
export function wishes({ machine_config, cluster_config }: machine.GenerateConfigurationRequest): string {
  const { hostname = "", interfaces = [] } = machine_config?.network_config ?? {};
  const cni = cluster_config?.cluster_network?.cni_config;
  const documents: object[] = [
    {
      version: "v1alpha1",
      ...(interfaces.length > 0 && { machine: { network: { interfaces: interfaces.map(interfaceOf) } } }),
      cluster: {
        ...(cni != null && cni.name !== "" && { network: { cni: { name: cni.name, urls: cni.urls } } }),
        ...(cluster_config?.allow_scheduling_on_control_planes === true && { allowSchedulingOnControlPlanes: true }),
      },
    },
    ...(hostname === "" ? [] : [{ apiVersion: "v1alpha1", kind: "HostnameConfig", auto: "off", hostname }]),
  ];
  return documents.map((document) => toYaml(document)).join("---\n");
}

function interfaceOf(link: machine.NetworkDeviceConfig): object {
  const routes = link.routes.map(({ network, gateway, metric }) => ({
    network,
    ...(gateway !== "" && { gateway }),
    ...(metric > 0 && { metric }),
  }));
  return {
    interface: link.interface,
    ...(link.cidr !== "" && { addresses: [link.cidr] }),
    ...(link.mtu > 0 && { mtu: link.mtu }),
    ...(link.dhcp && { dhcp: true }),
    ...(link.ignore && { ignore: true }),
    ...(link.dhcp_options != null && { dhcpOptions: { routeMetric: link.dhcp_options.route_metric } }),
    ...(routes.length > 0 && { routes }),
  };
}
