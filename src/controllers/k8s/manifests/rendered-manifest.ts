import type { Document } from "../../../resources/fields/struct.ts";

/** Objects that are applied together, before those of any later id. */
export interface RenderedManifest {
  /** `<two digits of order>-<name>` */
  readonly id: string;
  readonly objects: readonly Document[];
}

/** The namespace that the cluster's own parts live in. */
export const systemNamespace = "kube-system";
