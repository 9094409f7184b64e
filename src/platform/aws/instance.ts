import type { PlatformMetadata } from "../../resources/runtime/platform-metadata.ts";
import type { MetadataService } from "./metadata-service.ts";

/** An EC2 instance, as it is told about itself. */
export interface Instance {
  readonly metadata: PlatformMetadata;
  /** The first network interface; others are left to the machine's configuration. */
  readonly primary: InstanceInterface | undefined;
  /** Translated to the private one before it reaches the machine. */
  readonly publicIPv4: string | undefined;
}

export interface InstanceInterface {
  readonly hardwareAddr: string;
  readonly hasIPv4: boolean;
  readonly hasIPv6: boolean;
}

const maximumTags = 50;
const maximumInterfaces = 32;

/** @throws Failure when the service cannot be asked */
export async function readInstance(service: MetadataService, signal: AbortSignal): Promise<Instance> {
  const value = (path: string) => service.value(path, signal);
  const [hostname, instanceType, lifeCycle, instanceId, publicIPv4] = await Promise.all(
    ["hostname", "instance-type", "instance-life-cycle", "instance-id", "public-ipv4"].map(value),
  );
  const [internalDNS, externalDNS, region, zone] = await Promise.all(
    ["local-hostname", "public-hostname", "placement/region", "placement/availability-zone"].map(value),
  );
  const fields = {
    ...{ platform: "aws", hostname, region, zone, instanceType, instanceId, internalDNS, externalDNS },
    providerId: `aws:///${zone ?? ""}/${instanceId ?? ""}`,
    spot: lifeCycle === "spot",
    tags: await readTags(service, signal),
  };
  const metadata: PlatformMetadata = Object.fromEntries(
    Object.entries(fields).filter(([, field]) => field !== undefined),
  );
  return { metadata, publicIPv4, primary: await readPrimary(service, signal) };
}

/** Most instances do not show them, and none needs them. */
async function readTags(service: MetadataService, signal: AbortSignal): Promise<Record<string, string>> {
  const tags: Record<string, string> = {};
  for (const key of (await service.values("tags/instance", signal)).slice(0, maximumTags)) {
    const tag = await service.value(`tags/instance/${encodeURIComponent(key)}`, signal);
    if (tag !== undefined) tags[key] = tag;
  }
  return tags;
}

/** The interface that is number 0, or the first one when none says so. */
async function readPrimary(service: MetadataService, signal: AbortSignal): Promise<InstanceInterface | undefined> {
  const base = "network/interfaces/macs/";
  const addresses = (await service.values(base, signal)).map((line) => line.replace(/\/$/, ""));
  let [primary] = addresses;
  for (const address of addresses.slice(0, maximumInterfaces)) {
    if ((await service.value(`${base}${address}/device-number`, signal)) !== "0") continue;
    primary = address;
    break;
  }
  if (primary === undefined) return undefined;
  const [ipv4, ipv6] = [
    await service.values(`${base}${primary}/local-ipv4s`, signal),
    await service.values(`${base}${primary}/ipv6s`, signal),
  ];
  return { hardwareAddr: primary.toLowerCase(), hasIPv4: ipv4.length > 0, hasIPv6: ipv6.length > 0 };
}
