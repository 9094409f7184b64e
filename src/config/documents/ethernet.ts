import { boolean, list, map, oneOf, section } from "../describe.ts";
import { linkNameField, setting } from "./link-fields.ts";

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
        rx: setting.uint32("Descriptors for receiving."),
        tx: setting.uint32("Descriptors for sending."),
        "rx-mini": setting.uint32("Descriptors for small packets."),
        "rx-jumbo": setting.uint32("Descriptors for large packets."),
        "rx-buf-len": setting.uint32("Bytes of a receive buffer."),
        "cqe-size": setting.uint32("Bytes of a completion event."),
        "tx-push": boolean({ doc: "Write descriptors into the device's memory." }),
        "rx-push": boolean({ doc: "Have descriptors written into the device's memory." }),
        "tx-push-buf-len": setting.uint32("Bytes of a packet that are pushed along."),
        "tcp-data-split": boolean({ doc: "Keep headers and data apart." }),
      },
    }),
    channels: section({
      doc: "Queues of the hardware.",
      fields: {
        rx: setting.uint32("For receiving."),
        tx: setting.uint32("For sending."),
        other: setting.uint32("For anything else."),
        combined: setting.uint32("For receiving and sending."),
      },
    }),
    wakeOnLan: list(
      oneOf(["phy", "unicast", "multicast", "broadcast", "magic", "magicsecure", "filter"], { doc: "Event." }),
      { doc: "What wakes the machine up.", since: "1.12", example: ["magic"] },
    ),
  },
});
