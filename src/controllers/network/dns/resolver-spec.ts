import { defineController } from "../../../cosi/controller.ts";
import { ResolverSpec } from "../../../resources/network/resolver-spec.ts";
import { ResolverStatus } from "../../../resources/network/resolver-status.ts";

export interface ResolverSpecOptions {
  /** Tells this process, which keeps the servers of its first use otherwise. */
  readonly setServers: (servers: readonly string[]) => void;
}

/** Makes the chosen DNS servers the machine's. */
export const resolverSpecController = ({ setServers }: ResolverSpecOptions) =>
  defineController({
    name: "network.ResolverSpecController",
    inputs: [{ kind: ResolverSpec, id: "resolvers", strength: "weak" }],
    outputs: [{ kind: ResolverStatus, sharing: "exclusive" }],
    async reconcile(context) {
      const resource = await context.get(ResolverSpec, "resolvers");
      if (resource?.metadata.phase !== "running") return;
      const { dnsServers, searchDomains = [] } = resource.spec;
      setServers(dnsServers);
      await context.put(ResolverStatus, "resolvers", { dnsServers, searchDomains });
    },
  });
