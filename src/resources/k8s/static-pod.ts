import { defineDocument } from "../define.ts";
import { objectCodec } from "./kubernetes-object.ts";

/** A pod that the kubelet runs without an API server; the spec is the v1.Pod. */
export const StaticPod = defineDocument({ type: "StaticPods.kubernetes.talos.dev", namespace: "k8s" }, objectCodec);

export type StaticPod = typeof StaticPod.Type;
