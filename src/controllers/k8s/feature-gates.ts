import { isAtLeast } from "./control-plane/image-version.ts";

/**
 * Kubelets since 1.35 refuse to start when a feature is off and another one that builds on it is left on
 * (pkg/features of Kubernetes). Documentation of earlier versions names the first alone.
 */
const dependents: Readonly<Record<string, readonly string[]>> = {
  GracefulNodeShutdown: ["GracefulNodeShutdownBasedOnPodPriority", "WindowsGracefulNodeShutdown"],
};
const checksDependents = [1, 35] as const;

/** Feature gates of a kubelet's configuration, with what depends on a feature that they switch off. */
export function withDependents<Value>(
  gates: Readonly<Record<string, Value>>,
  image: string,
): Record<string, Value | false> {
  if (!isAtLeast(image, checksDependents)) return gates;
  const off = Object.keys(dependents).filter((name) => String(gates[name]).toLowerCase() === "false");
  const added = off.flatMap((name) => dependents[name] ?? []).map((name) => [name, false] as const);
  return { ...Object.fromEntries(added), ...gates };
}

/** The same for the kubelet's flag `feature-gates`: `A=true,B=false`. */
export function featureGates(flag: string, image: string): string {
  const given = flag.split(",").map((gate) => gate.split("=").map((part) => part.trim()));
  const gates = Object.fromEntries(given.map(([name = "", value = ""]) => [name, value]));
  const added = Object.entries(withDependents(gates, image)).filter(([name]) => !(name in gates));
  return [flag, ...added.map(([name, value]) => `${name}=${value}`)].join(",");
}
