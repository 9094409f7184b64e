import { defineResource } from "../define.ts";
import { mapOf, string } from "../fields/index.ts";

/** What the configuration says about etcd. */
export const EtcdConfig = defineResource({
  type: "EtcdConfigs.etcd.talos.dev",
  namespace: "etcd",
  spec: {
    advertiseValidSubnets: string(1).list().optional(),
    advertiseExcludeSubnets: string(2).list(),
    listenValidSubnets: string(5).list().optional(),
    listenExcludeSubnets: string(6).list(),
    image: string(3),
    extraArgs: mapOf(4, string(2)),
  },
  columns: { Image: "{.image}" },
});

export type EtcdConfig = typeof EtcdConfig.Type;
