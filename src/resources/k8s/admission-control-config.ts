import { defineResource } from "../define.ts";
import { message, string, struct } from "../fields/index.ts";

const admissionPluginFields = {
  name: string(1),
  configuration: struct(2),
};

/** Admission plugins of the API server. */
export const AdmissionControlConfig = defineResource({
  type: "AdmissionControlConfigs.kubernetes.talos.dev",
  namespace: "controlplane",
  spec: {
    config: message(1, admissionPluginFields).list(),
  },
});

export type AdmissionControlConfig = typeof AdmissionControlConfig.Type;
