import type { ControllerManagerConfig } from "../../../resources/k8s/controller-manager-config.ts";
import { argumentsOf, type Flags, type MergePolicies, mergeFlags } from "./arguments.ts";
import { isAtLeast } from "./image-version.ts";
import { type Places, secretOf } from "./places.ts";
import { podDocument, probeOf, type RenderedPod, startsWithin } from "./pod-document.ts";
import type { PodVersions } from "./pod-versions.ts";

const id = "kube-controller-manager";

const policies: MergePolicies = {
  "service-cluster-ip-range": "additive",
  controllers: "additive",
  "cluster-signing-cert-file": "denied",
  "cluster-signing-key-file": "denied",
  "authentication-kubeconfig": "denied",
  "authorization-kubeconfig": "denied",
  "root-ca-file": "denied",
  "service-account-private-key-file": "denied",
};

/**
 * Requests that it may make at once, beyond 20 a second. A new cluster's manager makes some 150 for the service accounts
 * of its controllers before any of them works; with its default of 30 it waits four seconds of a node's way to Ready.
 */
const requestBurst = 200;

/** kube-controller-manager as a static pod. */
export function controllerManagerPod(
  config: ControllerManagerConfig,
  versions: PodVersions,
  places: Places,
): RenderedPod {
  const { flags, denied } = mergeFlags(flagsOf(config, places), config.extraArgs, policies);
  const probe = probeOf(10_257, "/healthz");
  return podDocument({
    id,
    config,
    denied,
    command: ["/usr/local/bin/kube-controller-manager", "--use-service-account-credentials", ...argumentsOf(flags)],
    versions,
    volumes: [{ name: "secrets", path: secretOf(places, id), readOnly: true }],
    probes: {
      startupProbe: { ...probe, ...startsWithin(60) },
      livenessProbe: { ...probe, timeoutSeconds: 15 },
    },
  });
}

function flagsOf({ cloudProvider, image, podCIDRs, serviceCIDRs }: ControllerManagerConfig, places: Places): Flags {
  const secret = (file: string) => secretOf(places, id, file);
  return {
    "allocate-node-cidrs": "true",
    "bind-address": "127.0.0.1",
    "cluster-cidr": podCIDRs.join(","),
    "service-cluster-ip-range": serviceCIDRs.join(","),
    "cluster-signing-cert-file": secret("ca.crt"),
    "cluster-signing-key-file": secret("ca.key"),
    controllers: "*,tokencleaner",
    "configure-cloud-routes": "false",
    "kube-api-burst": String(requestBurst),
    kubeconfig: secret("kubeconfig"),
    "authentication-kubeconfig": secret("kubeconfig"),
    "authorization-kubeconfig": secret("kubeconfig"),
    "leader-elect": "true",
    "root-ca-file": secret("ca.crt"),
    "service-account-private-key-file": secret("service-account.key"),
    profiling: "false",
    "tls-min-version": "VersionTLS13",
    ...(cloudProvider === "" || isAtLeast(image, [1, 33]) ? {} : { "cloud-provider": cloudProvider }),
  };
}
