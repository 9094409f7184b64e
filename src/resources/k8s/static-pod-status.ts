import { defineDocument } from "../define.ts";
import { objectCodec } from "./kubernetes-object.ts";

/** A static pod as the kubelet has it; the spec is the v1.PodStatus. */
export const StaticPodStatus = defineDocument(
  {
    type: "StaticPodStatuses.kubernetes.talos.dev",
    namespace: "k8s",
    aliases: ["podstatus"],
    columns: { Ready: `{.conditions[?(@.type=="Ready")].status}` },
  },
  objectCodec,
);

export type StaticPodStatus = typeof StaticPodStatus.Type;
