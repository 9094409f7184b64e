import { defineResource } from "../define.ts";
import { boolean, mapOf, message, uint32 } from "../fields/index.ts";
import { wakeOnLanMode } from "./link-names.ts";

const ethernetRingsFields = {
  rx: uint32(1).nullable(),
  tx: uint32(4).nullable(),
  "rx-mini": uint32(2).nullable(),
  "rx-jumbo": uint32(3).nullable(),
  "rx-buf-len": uint32(5).nullable(),
  "cqe-size": uint32(6).nullable(),
  "tx-push": boolean(7).nullable(),
  "rx-push": boolean(8).nullable(),
  "tx-push-buf-len": uint32(9).nullable(),
  "tcp-data-split": boolean(10).nullable(),
};

const ethernetChannelsFields = {
  rx: uint32(1).nullable(),
  tx: uint32(2).nullable(),
  other: uint32(3).nullable(),
  combined: uint32(4).nullable(),
};

/** How an Ethernet link should be set up. */
export const EthernetSpec = defineResource({
  type: "EthernetSpecs.net.talos.dev",
  namespace: "network",
  spec: {
    rings: message(1, ethernetRingsFields).optional(),
    features: mapOf(2, boolean(2)).optional(),
    channels: message(3, ethernetChannelsFields).optional(),
    wakeOnLan: wakeOnLanMode(4).list().optional(),
  },
});

export type EthernetSpec = typeof EthernetSpec.Type;
