import { type Instance, type InstanceInterface, readInstance } from "../../../platform/aws/instance.ts";
import { MetadataService, type MetadataServiceOptions } from "../../../platform/aws/metadata-service.ts";
import { addressOf } from "../../../platform/foreign-address.ts";
import type { OperatorSpec } from "../../../resources/network/operator-spec.ts";
import type { PlatformConfig } from "../../../resources/network/platform-config.ts";
import { hostnameSpec } from "../name/hostname.ts";
import { plainLink, usualMetric } from "../wanted/specs.ts";
import type { Links } from "../wanted/world.ts";
import type { NetworkSource } from "./network-source.ts";
import { nothingSaid } from "./nothing-said.ts";

/** As the kernel calls the first interface when names are not predicted, as in the images for this cloud. */
const usualName = "eth0";
const layer = "platform";

/** By both families: only one of them may be routed, https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/set-time.html */
const timeServers = ["169.254.169.123", "fd00:ec2::123"];
/** DHCPv6 names no servers here, https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html */
const dnsServerByIPv6 = "fd00:ec2::253";

/** EC2. Only the first interface is configured: addresses beyond those that DHCP tells belong to pods. */
export const awsSource = (options: MetadataServiceOptions = {}): NetworkSource => ({
  needs: "network",
  // Where there is no IPv4, the service answers only those who have an address by DHCPv6.
  meanwhile: {
    ...nothingSaid,
    links: [plainLink(usualName, layer)],
    operators: [dhcp("dhcp4", usualName), dhcp("dhcp6", usualName)],
  },
  async read(signal) {
    const instance = await readInstance(await MetadataService.open(signal, options), signal);
    return (links) => ({ config: configOf(instance, links), problems: [] });
  },
});

function configOf({ metadata, primary, publicIPv4 }: Instance, links: Links): PlatformConfig {
  const named = hostnameSpec(metadata.hostname ?? "", layer);
  const external = addressOf(publicIPv4);
  return {
    ...nothingSaid,
    metadata,
    hostnames: named === undefined ? [] : [named],
    timeServers: [{ timeServers, layer }],
    externalIPs: external === undefined ? [] : [external],
    ...(primary === undefined ? {} : ofInterface(primary, publicIPv4 !== undefined, links)),
  };
}

function ofInterface(
  { hardwareAddr, hasIPv4, hasIPv6 }: InstanceInterface,
  hasPublicIPv4: boolean,
  links: Links,
): Partial<PlatformConfig> {
  const found = [...links].find(([, link]) => (link.permanentAddr || link.hardwareAddr) === hardwareAddr);
  const name = found?.[0] ?? usualName;
  return {
    links: [plainLink(name, layer)],
    operators: [
      ...(hasIPv4 || hasPublicIPv4 || !hasIPv6 ? [dhcp("dhcp4", name)] : []),
      ...(hasIPv6 ? [dhcp("dhcp6", name)] : []),
    ],
    resolvers: hasIPv6 ? [{ dnsServers: [dnsServerByIPv6], searchDomains: [], layer }] : [],
  };
}

function dhcp(operator: "dhcp4" | "dhcp6", linkName: string): OperatorSpec {
  return { operator, linkName, requireUp: true, layer, [operator]: { routeMetric: usualMetric } };
}
