import { defineDocument } from "../define.ts";
import { objectsCodec } from "./kubernetes-object.ts";

/** Kubernetes objects that bootstrap the cluster. */
export const Manifest = defineDocument(
  { type: "Manifests.kubernetes.talos.dev", namespace: "controlplane" },
  objectsCodec,
);

export type Manifest = typeof Manifest.Type;
