import { images, sharedAddresses } from "../../config/index.ts";
import { defineController } from "../../cosi/controller.ts";
import { EtcdConfig } from "../../resources/etcd/etcd-config.ts";
import { activeConfig, activeConfigInput, isControlPlane } from "../active-config.ts";

/** Says what the configuration wants of etcd, on control plane machines. */
export const etcdConfigController = () =>
  defineController({
    name: "etcd.ConfigController",
    inputs: [activeConfigInput],
    outputs: [{ kind: EtcdConfig, sharing: "exclusive" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      if (config === undefined || !isControlPlane(config)) return;
      const etcd = config.cluster.etcd;
      const advertised = subnets(etcd?.subnet === undefined ? etcd?.advertisedSubnets : [etcd.subnet]);
      // What is not listened on cannot be announced, and without a word about listening everything is.
      const listened = subnets(etcd?.listenSubnets);
      await context.put(EtcdConfig, "etcd", {
        image: etcd?.image ?? images.etcd,
        extraArgs: etcd?.extraArgs ?? {},
        advertiseValidSubnets: advertised.valid,
        advertiseExcludeSubnets: [...advertised.exclude, ...sharedAddresses(config)],
        listenValidSubnets: listened.valid,
        listenExcludeSubnets: listened.exclude,
      });
    },
  });

/** Prefixes that count, and after a `!` those that do not. */
function subnets(prefixes: readonly (string | undefined)[] = []): { valid: string[]; exclude: string[] } {
  const given = prefixes.filter((prefix) => prefix !== undefined);
  return {
    valid: given.filter((prefix) => !prefix.startsWith("!")),
    exclude: given.filter((prefix) => prefix.startsWith("!")).map((prefix) => prefix.slice(1)),
  };
}
