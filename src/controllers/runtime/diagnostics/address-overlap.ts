import type { MachineConfig } from "../../../config/index.ts";
import type { Diagnostic } from "../../../resources/runtime/diagnostic.ts";

/** Pods and Services in the network of the machines: the machine then seems to have no address but Kubernetes'. */
export function addressOverlap(
  routed: readonly string[],
  withoutKubernetes: readonly string[],
  { podSubnets, serviceSubnets }: MachineConfig["cluster"]["network"],
): Diagnostic | undefined {
  if (routed.length === 0 || withoutKubernetes.length > 0) return undefined;
  return {
    message: "host and Kubernetes pod/service CIDR addresses overlap",
    details: [
      `host routed addresses: ${quoted(routed)}`,
      `Kubernetes pod CIDRs: ${quoted(podSubnets)}`,
      `Kubernetes service CIDRs: ${quoted(serviceSubnets)}`,
    ],
  };
}

const quoted = (texts: readonly string[]): string => `[${texts.map((text) => JSON.stringify(text)).join(" ")}]`;
