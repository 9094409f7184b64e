import { defineResource } from "../define.ts";
import { message, string, struct } from "../fields/index.ts";
import { extraMountFields } from "./extra-mount.ts";

/** How the kubelet runs on this machine. */
export const KubeletSpec = defineResource({
  type: "KubeletSpecs.kubernetes.talos.dev",
  namespace: "k8s",
  spec: {
    image: string(1),
    args: string(2).list().optional(),
    extraMounts: message(3, extraMountFields).list().optional(),
    expectedNodename: string(4).optional(),
    config: struct(5),
    credentialProviderConfig: struct(6).optional(),
  },
});

export type KubeletSpec = typeof KubeletSpec.Type;
