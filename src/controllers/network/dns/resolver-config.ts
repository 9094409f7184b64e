import { nameservers, searchDomains, searchesOwnDomain } from "../../../config/index.ts";
import { defineController } from "../../../cosi/controller.ts";
import { HostnameStatus } from "../../../resources/network/hostname-status.ts";
import { ResolverSpec } from "../../../resources/network/resolver-spec.ts";
import { activeConfig, activeConfigInput } from "../../active-config.ts";
import { layered, putWishes, wishes } from "../../layered.ts";

const name = "network.ResolverConfigController";

/** Servers that a machine asks when nobody names others. */
export const defaultResolvers: readonly string[] = ["1.1.1.1", "8.8.8.8"];

export interface ResolverConfigOptions {
  /** Of the kernel's command line. */
  readonly cmdline: readonly string[];
  /** In a container: what its runtime wrote into /etc/resolv.conf. */
  readonly platform: readonly string[];
}

/** Which DNS servers the machine should ask. Those of DHCP come from elsewhere. */
export const resolverConfigController = ({ cmdline, platform }: ResolverConfigOptions) =>
  defineController({
    name,
    inputs: [activeConfigInput, { kind: HostnameStatus, id: "hostname", strength: "weak" }],
    outputs: [{ kind: ResolverSpec, ...wishes, sharing: "shared" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      const domain = (await context.get(HostnameStatus, "hostname"))?.spec.domainname ?? "";
      const wanted = new Map<string, ResolverSpec>();
      const want = (layer: ResolverSpec["layer"], dnsServers: readonly string[], domains: readonly string[] = []) => {
        if (dnsServers.length === 0 && domains.length === 0) return;
        wanted.set(layered(layer, "resolvers"), { dnsServers: [...dnsServers], searchDomains: [...domains], layer });
      };
      const searchesOwn = config !== undefined && domain !== "" && searchesOwnDomain(config);
      // The highest first, so that none of the others is asked for a moment.
      if (config !== undefined) want("configuration", nameservers(config), searchDomains(config));
      want("platform", platform);
      want("cmdline", cmdline);
      want("default", defaultResolvers, searchesOwn ? [domain] : []);
      await putWishes(context, name, ResolverSpec, wanted);
    },
  });
