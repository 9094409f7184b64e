import type { SchedulerConfig } from "../../../resources/k8s/scheduler-config.ts";
import { argumentsOf, type Flags, type MergePolicies, mergeFlags } from "./arguments.ts";
import { isAtLeast } from "./image-version.ts";
import { configOf, ownFiles, type Places, secretOf } from "./places.ts";
import { podDocument, probeOf, type RenderedPod, seenSoon, startsWithin } from "./pod-document.ts";
import type { PodVersions } from "./pod-versions.ts";

const id = "kube-scheduler";
const port = 10_259;

const policies: MergePolicies = {
  kubeconfig: "denied",
  "authentication-kubeconfig": "denied",
  "authorization-kubeconfig": "denied",
  config: "denied",
};

/** kube-scheduler as a static pod. */
export function schedulerPod(config: SchedulerConfig, versions: PodVersions, places: Places): RenderedPod {
  const { flags, denied } = mergeFlags(flagsOf(places), config.extraArgs, policies);
  const [alive, ready] = isAtLeast(config.image, [1, 31]) ? ["/livez", "/readyz"] : ["/healthz", "/healthz"];
  return podDocument({
    id,
    config,
    denied,
    command: ["/usr/local/bin/kube-scheduler", ...argumentsOf(flags)],
    versions,
    volumes: ownFiles(places, id),
    probes: {
      startupProbe: { ...probeOf(port, alive), ...startsWithin(30) },
      livenessProbe: probeOf(port, alive),
      readinessProbe: { ...probeOf(port, ready), ...seenSoon },
    },
  });
}

const flagsOf = (places: Places): Flags => ({
  config: configOf(places, id, "scheduler-config.yaml"),
  "authentication-tolerate-lookup-failure": "false",
  "authentication-kubeconfig": secretOf(places, id, "kubeconfig"),
  "authorization-kubeconfig": secretOf(places, id, "kubeconfig"),
  "bind-address": "127.0.0.1",
  "leader-elect": "true",
  profiling: "false",
  "tls-min-version": "VersionTLS13",
});
