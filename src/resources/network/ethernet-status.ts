import { defineResource } from "../define.ts";
import { fieldOf } from "../fields/field.ts";
import { boolean, int64, message, string, uint32 } from "../fields/index.ts";
import { listOf } from "../fields/list.ts";
import { messageOf } from "../fields/message.ts";
import { duplex, port, wakeOnLanMode } from "./link-names.ts";

const ethernetRingsStatusFields = {
  "rx-max": uint32(1).nullable(),
  "rx-mini-max": uint32(2).nullable(),
  "rx-jumbo-max": uint32(3).nullable(),
  "tx-max": uint32(4).nullable(),
  "tx-push-buf-len-max": uint32(5).nullable(),
  rx: uint32(6).nullable(),
  "rx-mini": uint32(7).nullable(),
  "rx-jumbo": uint32(8).nullable(),
  tx: uint32(9).nullable(),
  "rx-buf-len": uint32(10).nullable(),
  "cqe-size": uint32(11).nullable(),
  "tx-push": boolean(12).nullable(),
  "rx-push": boolean(13).nullable(),
  "tx-push-buf-len": uint32(14).nullable(),
  "tcp-data-split": boolean(15).nullable(),
};

const feature = messageOf({ name: string(1), status: string(2) });

/** A list on the wire, because the order is ethtool's; shown as `name: status`. */
const features = fieldOf({
  ...listOf(feature),
  yaml: (list) => Object.fromEntries(list.map(({ name, status }) => [name, status])),
});

const ethernetChannelsStatusFields = {
  "rx-max": uint32(1).nullable(),
  "tx-max": uint32(2).nullable(),
  "other-max": uint32(3).nullable(),
  "combined-max": uint32(4).nullable(),
  rx: uint32(5).nullable(),
  tx: uint32(6).nullable(),
  other: uint32(7).nullable(),
  combined: uint32(8).nullable(),
};

/** How an Ethernet link is set up, as ethtool tells. */
export const EthernetStatus = defineResource({
  type: "EthernetStatuses.net.talos.dev",
  aliases: ["ethtool"],
  namespace: "network",
  spec: {
    linkState: boolean(1).nullable(),
    speedMbit: int64(2).optional(),
    port: port(3),
    duplex: duplex(4),
    ourModes: string(5).list().optional(),
    peerModes: string(6).list().optional(),
    rings: message(7, ethernetRingsStatusFields).nullable(),
    features: features(8).optional(),
    channels: message(9, ethernetChannelsStatusFields).nullable(),
    wakeOnLAN: wakeOnLanMode(10).list().optional(),
  },
  columns: { Link: "{.linkState}", Speed: "{.speedMbit}" },
});

export type EthernetStatus = typeof EthernetStatus.Type;
