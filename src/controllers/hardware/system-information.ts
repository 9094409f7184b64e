import { defineController } from "../../cosi/controller.ts";
import { readSmbios, type Smbios } from "../../platform/smbios.ts";
import { SystemInformation } from "../../resources/hardware/system-information.ts";

/** Shows what the firmware says about the machine; nothing where it says nothing. */
export const systemInformationController = ({ smbios = readSmbios }: { readonly smbios?: () => Smbios } = {}) =>
  defineController({
    name: "hardware.SystemInfoController",
    inputs: [],
    outputs: [{ kind: SystemInformation, sharing: "exclusive" }],
    async reconcile(context) {
      const { manufacturer, productName, version, serialNumber: serialnumber, uuid, skuNumber } = smbios();
      if ([manufacturer, productName, serialnumber, uuid].every((text) => text === "")) return;
      const spec = { manufacturer, productName, version, serialnumber, uuid, skuNumber };
      await context.put(SystemInformation, "systeminformation", spec);
    },
  });
