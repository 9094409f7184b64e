import { defineController } from "../../cosi/controller.ts";
import { KernelParamDefaultSpec } from "../../resources/runtime/kernel-param-default-spec.ts";
import { belongsToNamespace, clusterDefaults, hardening } from "./kernel-parameters.ts";

/** Says which kernel parameters are set unless the configuration says otherwise. */
export const kernelParamDefaultsController = ({ ownKernel }: { readonly ownKernel: boolean }) =>
  defineController({
    name: "runtime.KernelParamDefaultsController",
    inputs: [],
    outputs: [{ kind: KernelParamDefaultSpec, sharing: "exclusive" }],
    async reconcile(context) {
      for (const [id, value] of Object.entries({ ...clusterDefaults, ...hardening })) {
        if (!ownKernel && (!belongsToNamespace(id) || id in hardening)) continue;
        await context.put(KernelParamDefaultSpec, id, { value, ignoreErrors: true });
      }
    },
  });
