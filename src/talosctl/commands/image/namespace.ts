import { oneOf } from "../../flag.ts";

/** Whose images: those of pods, or those that the machine's own services need. */
export const namespaceFlag = oneOf(["cri", "system"], {
  doc: "cri for all, of pods too; system for those that the machine keeps for its own services",
  default: "cri",
});

/** common.ContainerdNamespace on the wire. */
export const namespaceNumber = (namespace: "cri" | "system"): 1 | 2 => (namespace === "system" ? 1 : 2);
