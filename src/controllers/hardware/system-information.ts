import { defineController } from "../../cosi/controller.ts";
import { readSmbios, type Smbios } from "../../platform/smbios.ts";
import { SystemInformation } from "../../resources/hardware/system-information.ts";
import { MetaKey } from "../../resources/runtime/meta-key.ts";
import { metaTags } from "../../resources/runtime/meta-tags.ts";

/** Shows what the firmware says about the machine; nothing where it says nothing. META may know a better UUID. */
export const systemInformationController = ({ smbios = readSmbios }: { readonly smbios?: () => Smbios } = {}) =>
  defineController({
    name: "hardware.SystemInfoController",
    inputs: [{ kind: MetaKey, id: metaTags.uuid, strength: "weak" }],
    outputs: [{ kind: SystemInformation, sharing: "exclusive" }],
    async reconcile(context) {
      const { manufacturer, productName, version, serialNumber: serialnumber, skuNumber, uuid: own } = smbios();
      const uuid = (await context.get(MetaKey, metaTags.uuid))?.spec.value || own;
      if ([manufacturer, productName, serialnumber, uuid].every((text) => text === "")) return;
      const spec = { manufacturer, productName, version, serialnumber, uuid, skuNumber };
      await context.put(SystemInformation, "systeminformation", spec);
    },
  });
