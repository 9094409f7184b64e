import { section, string } from "../describe.ts";

/** `PCIDriverRebindConfig`: a device for a driver of one's choice. */
export const pciDriverRebindConfig = section({
  doc: "Gives a PCI device to another driver than the kernel's choice, such as one that hands it to virtual machines.",
  since: "1.10",
  effect: "live",
  fields: {
    name: string({ doc: "Address of the device.", required: true, example: "0000:04:00.00" }),
    targetDriver: string({ doc: "Driver it gets.", required: true, example: "vfio-pci" }),
  },
});
