import { defineResource } from "../define.ts";
import { address, mapOf, string } from "../fields/index.ts";

/** How etcd runs on this machine. */
export const EtcdSpec = defineResource({
  type: "EtcdSpecs.etcd.talos.dev",
  namespace: "etcd",
  spec: {
    name: string(1),
    advertisedAddresses: address(2).list(),
    listenPeerAddresses: address(5).list(),
    listenClientAddresses: address(6).list(),
    image: string(3),
    extraArgs: mapOf(4, string(2)),
  },
  columns: {
    Name: "{.name}",
    AdvertisedAddresses: "{.advertisedAddresses}",
    ListenPeerAddresses: "{.listenPeerAddresses}",
    ListenClientAddresses: "{.listenClientAddresses}",
  },
});

export type EtcdSpec = typeof EtcdSpec.Type;
