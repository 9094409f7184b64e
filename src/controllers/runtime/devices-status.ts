import { defineController } from "../../cosi/controller.ts";
import { DevicesStatus } from "../../resources/runtime/devices-status.ts";
import { Service } from "../../resources/v1alpha1/service.ts";

/** Says when udev has seen every device of the boot. A container's devices are the host's, and always there. */
export const devicesStatusController = ({ ownKernel }: { readonly ownKernel: boolean }) => {
  let ready = !ownKernel;
  return defineController({
    name: "runtime.DevicesStatusController",
    inputs: [{ kind: Service, id: "udevd", strength: "weak" }],
    outputs: [{ kind: DevicesStatus, sharing: "exclusive" }],
    async reconcile(context) {
      // Once they were there, a restart of udevd does not take them away.
      ready ||= (await context.get(Service, "udevd"))?.spec.healthy ?? false;
      if (ready) await context.put(DevicesStatus, "devices", { ready });
    },
  });
};
