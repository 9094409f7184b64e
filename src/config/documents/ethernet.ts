import { boolean, list, map, oneOf, section } from "../describe.ts";
import { linkNameField, uint32 } from "./link-fields.ts";

/** `EthernetConfig`: what `ethtool` sets. */
export const ethernetConfig = section({
  doc: "Sets up the hardware of an Ethernet link, as ethtool does.",
  since: "1.10",
  effect: "live",
  fields: {
    name: linkNameField,
    features: map(boolean({ doc: "On or off." }), {
      doc: "Features of the driver, by the names ethtool shows.",
      example: { "tx-tcp-segmentation": false },
    }),
    rings: section({
      doc: "Sizes of the rings between driver and hardware.",
      fields: {
        rx: uint32("Descriptors for receiving."),
        tx: uint32("Descriptors for sending."),
        "rx-mini": uint32("Descriptors for small packets."),
        "rx-jumbo": uint32("Descriptors for large packets."),
        "rx-buf-len": uint32("Bytes of a receive buffer."),
        "cqe-size": uint32("Bytes of a completion event."),
        "tx-push": boolean({ doc: "Write descriptors into the device's memory." }),
        "rx-push": boolean({ doc: "Have descriptors written into the device's memory." }),
        "tx-push-buf-len": uint32("Bytes of a packet that are pushed along."),
        "tcp-data-split": boolean({ doc: "Keep headers and data apart." }),
      },
    }),
    channels: section({
      doc: "Queues of the hardware.",
      fields: {
        rx: uint32("For receiving."),
        tx: uint32("For sending."),
        other: uint32("For anything else."),
        combined: uint32("For receiving and sending."),
      },
    }),
    wakeOnLan: list(
      oneOf(["phy", "unicast", "multicast", "broadcast", "magic", "magicsecure", "filter"], { doc: "Event." }),
      { doc: "What wakes the machine up.", since: "1.12", example: ["magic"] },
    ),
  },
});
