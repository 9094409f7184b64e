import { isIP } from "node:net";
import { toBase64 } from "../../bytes/base64.ts";
import { Failure } from "../../errors/failure.ts";
import type { Identity } from "../../pki/index.ts";
import { images, imagesFor, kubernetesVersion } from "../defaults/images.ts";
import { section, string } from "../describe.ts";
import { type DocumentKind, documentSections } from "../documents/index.ts";
import { root } from "../v1alpha1/root.ts";
import { type Contract, has } from "./contract.ts";
import { admissionControl, auditPolicy } from "./policies.ts";
import { type RenderOptions, renderSection } from "./render.ts";
import type { Secrets } from "./secrets.ts";

export type MachineType = "controlplane" | "worker";

export interface ConfigOptions extends RenderOptions {
  readonly clusterName: string;
  /** URL of the Kubernetes API, https. */
  readonly endpoint: string;
  readonly type: MachineType;
  readonly secrets: Secrets;
  readonly kubernetesVersion?: string;
  readonly installDisk?: string;
  readonly installImage?: string;
  readonly dnsDomain?: string;
  /** More names and addresses in the certificates of both APIs. */
  readonly additionalSans?: readonly string[];
  /** Mirrors by the registry's host. */
  readonly registryMirrors?: Readonly<Record<string, readonly string[]>>;
  readonly withDiscovery?: boolean;
  /** Find each other by the discovery service; by default. Off where none can be reached: by Kubernetes alone then. */
  readonly withDiscoveryService?: boolean;
  readonly withKubespan?: boolean;
  /** Keep the clock by time servers; on by default. Off where none can be reached and the hardware's clock is right. */
  readonly withTimeSync?: boolean;
  readonly persist?: boolean;
  /** Run pods on control planes, too: for clusters without workers. */
  readonly allowSchedulingOnControlPlanes?: boolean;
  /** Where API servers listen, when it is not the usual port. */
  readonly localApiServerPort?: number;
  /** Version of Talos that the machines run; ours by default. */
  readonly contract?: Contract;
}

/**
 * The text of a machine configuration: the v1alpha1 document and those that go with it.
 * @throws Failure when the endpoint is not an https URL.
 */
export function generateConfig(options: ConfigOptions): string {
  const endpoint = endpointUrl(options.endpoint);
  const main = renderSection(root.shape.fields, { ...v1alpha1(options, endpoint) }, options);
  if (!has("networkDocuments", options.contract)) return main;
  const mirrors = Object.entries(options.registryMirrors ?? {}).map(([name, urls]) =>
    document("RegistryMirrorConfig", { name, endpoints: urls.map((url) => ({ url })) }, options),
  );
  const hostname = document("HostnameConfig", { auto: "stable" }, options);
  const time = isTimeSynced(options) ? [] : [document("TimeSyncConfig", { enabled: false }, options)];
  return [main, ...mirrors, hostname, ...time].join("---\n");
}

function v1alpha1(options: ConfigOptions, endpoint: URL) {
  const isControlPlane = options.type === "controlplane";
  return {
    version: "v1alpha1",
    debug: false,
    persist: options.persist ?? true,
    machine: machine(options, isControlPlane),
    cluster: { ...sharedCluster(options), ...(isControlPlane ? controlPlane(options, endpoint) : {}) },
  };
}

function machine(options: ConfigOptions, isControlPlane: boolean) {
  const { secrets, contract, kubernetesVersion: version = kubernetesVersion } = options;
  return {
    type: options.type,
    token: secrets.trustdToken,
    ca: isControlPlane ? encoded(secrets.os) : certificateOnly(secrets.os),
    certSANs: [...(options.additionalSans ?? [])],
    kubelet: {
      image: imagesFor(version).kubelet,
      ...(has("defaultSeccompProfile", contract) && { defaultRuntimeSeccompProfileEnabled: true }),
      ...(has("manifestsDirectoryDisabled", contract) && { disableManifestsDirectory: true }),
    },
    network: options.withKubespan ? { kubespan: { enabled: true } } : {},
    install: {
      disk: options.installDisk ?? "/dev/sda",
      image: options.installImage ?? images.installer,
      wipe: false,
      ...(has("grubFollowsUki", contract) && { grubUseUKICmdline: true }),
    },
    ...(has("networkDocuments", contract) ? {} : { registries: registries(options), ...oldTime(options) }),
    features: features(contract),
    // Balancers of cloud providers must not send the cluster's traffic to control plane machines.
    ...(isControlPlane && has("excludedFromBalancers", contract)
      ? { nodeLabels: { "node.kubernetes.io/exclude-from-external-load-balancers": "" } }
      : {}),
  };
}

const isTimeSynced = ({ withTimeSync = true }: ConfigOptions): boolean => withTimeSync;

/** Where versions without a document for it have it. */
const oldTime = (options: ConfigOptions) => (isTimeSynced(options) ? {} : { time: { disabled: true } });

function features(contract: Contract | undefined) {
  return {
    ...(has("rbac", contract) && { rbac: true }),
    ...(has("stableHostname", contract) && { stableHostname: true }),
    ...(has("clientKeyUsageCheck", contract) && { apidCheckExtKeyUsage: true }),
    ...(has("diskQuota", contract) && { diskQuotaSupport: true }),
    ...(has("kubePrism", contract) && { kubePrism: { enabled: true, port: 7_445 } }),
    ...(has("hostDns", contract) && {
      hostDNS: { enabled: true, ...(has("kubeDnsToHost", contract) && { forwardKubeDNSToHost: true }) },
    }),
  };
}

function registries({ registryMirrors = {}, contract }: ConfigOptions) {
  const moved = { "k8s.gcr.io": { endpoints: ["https://registry.k8s.io", "https://k8s.gcr.io"] } };
  const mirrors = {
    ...(has("alternateKubernetesRegistry", contract) && moved),
    ...Object.fromEntries(Object.entries(registryMirrors).map(([host, endpoints]) => [host, { endpoints }])),
  };
  return Object.keys(mirrors).length === 0 ? {} : { mirrors };
}

/** What workers have of the cluster: enough to join it, no key that signs. */
function sharedCluster(options: ConfigOptions) {
  const { secrets, contract, withDiscovery = true, withDiscoveryService = true } = options;
  const usual = { kubernetes: has("kubernetesDiscoveryDisabled", contract) ? { disabled: true } : {}, service: {} };
  const isNamed = options.type === "controlplane" || has("clusterNameOfWorkers", contract);
  return {
    id: secrets.clusterId,
    secret: secrets.clusterSecret,
    controlPlane: {
      endpoint: options.endpoint,
      ...(options.localApiServerPort !== undefined && { localAPIServerPort: options.localApiServerPort }),
    },
    ...(isNamed && { clusterName: options.clusterName }),
    network: {
      dnsDomain: options.dnsDomain ?? "cluster.local",
      podSubnets: ["10.244.0.0/16"],
      serviceSubnets: ["10.96.0.0/12"],
    },
    token: secrets.bootstrapToken,
    ca: certificateOnly(secrets.kubernetes),
    discovery: {
      enabled: withDiscovery,
      registries: withDiscoveryService ? usual : { kubernetes: { disabled: false }, service: { disabled: true } },
    },
  };
}

function controlPlane(options: ConfigOptions, endpoint: URL) {
  const { secrets, contract, kubernetesVersion: version = kubernetesVersion } = options;
  const images = imagesFor(version);
  const names = sans(options, endpoint);
  return {
    ...encryption(options),
    ...(options.allowSchedulingOnControlPlanes === true && { allowSchedulingOnControlPlanes: true }),
    ca: encoded(secrets.kubernetes),
    aggregatorCA: encoded(secrets.aggregator),
    serviceAccount: { key: toBase64(secrets.serviceAccountKey) },
    apiServer: {
      image: images.apiServer,
      ...(names.length > 0 && { certSANs: names }),
      ...(has("podSecurityPolicyDisabled", contract) && { disablePodSecurityPolicy: true }),
      ...(has("podSecurityAdmission", contract) && { admissionControl }),
      ...(has("auditPolicy", contract) && { auditPolicy }),
    },
    controllerManager: { image: images.controllerManager },
    proxy: { image: images.proxy },
    scheduler: { image: images.scheduler },
    etcd: { ca: encoded(secrets.etcd) },
    extraManifests: [],
    inlineManifests: [],
  };
}

/** What Kubernetes' secrets are encrypted with, in etcd; a cluster that has both moves from the older to the newer. */
function encryption({ secrets: { aescbcEncryptionSecret, secretboxEncryptionSecret }, contract }: ConfigOptions) {
  const isNewer = has("secretboxEncryption", contract) && secretboxEncryptionSecret !== undefined;
  return {
    ...(aescbcEncryptionSecret !== undefined && { aescbcEncryptionSecret }),
    ...(isNewer && { secretboxEncryptionSecret }),
  };
}

function sans({ additionalSans = [], contract }: ConfigOptions, endpoint: URL): string[] {
  const host = endpoint.hostname.replace(/^\[|\]$/g, "");
  return [...new Set([...(has("endpointInSans", contract) ? [host] : []), ...additionalSans])];
}

function document(kind: DocumentKind, value: Readonly<Record<string, unknown>>, options: RenderOptions): string {
  const bare = string({ doc: "" });
  const { fields } = documentSections[kind].shape;
  const described = section({ doc: "", fields: { apiVersion: bare, kind: bare, ...fields } });
  return renderSection(described.shape.fields, { apiVersion: "v1alpha1", kind, ...value }, options);
}

function endpointUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "https:" && url.hostname !== "") return url;
  const host = isIP(text) === 0 ? text.replace(/^[a-z]+:\/\//, "") : text;
  throw new Failure(`Cannot use "${text}" as the cluster's endpoint: it is not an https URL`, {
    hint: `Write it as https://${host.replace(/:\d+.*$/, "") || "10.0.0.1"}:6443`,
  });
}

const encoded = ({ certificate, key }: Identity) => ({ crt: toBase64(certificate), key: toBase64(key) });
const certificateOnly = ({ certificate }: Identity) => ({ crt: toBase64(certificate), key: "" });
