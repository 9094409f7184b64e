import { defineController } from "../../../cosi/controller.ts";
import { HardwareAddress } from "../../../resources/network/hardware-address.ts";
import { LinkStatus } from "../../../resources/network/link-status.ts";
import { isPhysical } from "../wanted/world.ts";

/** The address by which this machine is known on the wire: that of its first device. */
export const hardwareAddressController = () =>
  defineController({
    name: "network.HardwareAddrController",
    inputs: [{ kind: LinkStatus, strength: "weak" }],
    outputs: [{ kind: HardwareAddress, sharing: "exclusive" }],
    async reconcile(context) {
      const links = (await context.list(LinkStatus)).filter(({ spec }) => isPhysical(spec));
      const [first] = links.sort((a, b) => (a.metadata.id < b.metadata.id ? -1 : 1));
      if (first === undefined) return;
      const { hardwareAddr } = first.spec;
      await context.put(HardwareAddress, "first", { name: first.metadata.id, hardwareAddr });
    },
  });
