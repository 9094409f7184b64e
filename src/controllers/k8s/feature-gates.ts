import { isAtLeast } from "./control-plane/image-version.ts";

/**
 * Kubelets since 1.35 refuse to start when a feature is off and another one that builds on it is left on
 * (pkg/features of Kubernetes). Documentation of earlier versions names the first alone.
 */
const dependents: Readonly<Record<string, readonly string[]>> = {
  GracefulNodeShutdown: ["GracefulNodeShutdownBasedOnPodPriority", "WindowsGracefulNodeShutdown"],
};
const checksDependents = [1, 35] as const;

/** The kubelet's flag `feature-gates`, with what depends on a feature that it switches off. */
export function featureGates(flag: string, image: string): string {
  if (!isAtLeast(image, checksDependents)) return flag;
  const given = new Map(
    flag.split(",").map((gate) => {
      const [name = "", value = ""] = gate.split("=");
      return [name.trim(), value.trim().toLowerCase()];
    }),
  );
  const added = Object.entries(dependents)
    .filter(([name]) => given.get(name) === "false")
    .flatMap(([, others]) => others.filter((other) => !given.has(other)));
  return [flag, ...added.map((name) => `${name}=false`)].join(",");
}
