import { isIP } from "node:net";
import { toBase64 } from "../../bytes/base64.ts";
import { Failure } from "../../errors/failure.ts";
import type { Identity } from "../../pki/index.ts";
import { images, imagesFor, kubernetesVersion } from "../defaults/images.ts";
import { section, string } from "../describe.ts";
import { type DocumentKind, documentSections } from "../documents/index.ts";
import { root } from "../v1alpha1/root.ts";
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
  readonly withKubespan?: boolean;
  /** Keep the clock by time servers; on by default. Off where none can be reached and the hardware's clock is right. */
  readonly withTimeSync?: boolean;
  readonly persist?: boolean;
}

/**
 * The text of a machine configuration: the v1alpha1 document and those that go with it.
 * @throws Failure when the endpoint is not an https URL.
 */
export function generateConfig(options: ConfigOptions): string {
  const endpoint = endpointUrl(options.endpoint);
  const documents = [
    renderSection(root.shape.fields, { ...v1alpha1(options, endpoint) }, options),
    ...Object.entries(options.registryMirrors ?? {}).map(([name, urls]) =>
      document("RegistryMirrorConfig", { name, endpoints: urls.map((url) => ({ url })) }, options),
    ),
    document("HostnameConfig", { auto: "stable" }, options),
    ...(options.withTimeSync === false ? [document("TimeSyncConfig", { enabled: false }, options)] : []),
  ];
  return documents.join("---\n");
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
  const { secrets, kubernetesVersion: version = kubernetesVersion } = options;
  return {
    type: options.type,
    token: secrets.trustdToken,
    ca: isControlPlane ? encoded(secrets.os) : certificateOnly(secrets.os),
    certSANs: [...(options.additionalSans ?? [])],
    kubelet: {
      image: imagesFor(version).kubelet,
      defaultRuntimeSeccompProfileEnabled: true,
      disableManifestsDirectory: true,
    },
    network: options.withKubespan ? { kubespan: { enabled: true } } : {},
    install: {
      disk: options.installDisk ?? "/dev/sda",
      image: options.installImage ?? images.installer,
      wipe: false,
      grubUseUKICmdline: true,
    },
    features: {
      diskQuotaSupport: true,
      kubePrism: { enabled: true, port: 7_445 },
      hostDNS: { enabled: true, forwardKubeDNSToHost: true },
    },
    // Balancers of cloud providers must not send the cluster's traffic to control plane machines.
    ...(isControlPlane ? { nodeLabels: { "node.kubernetes.io/exclude-from-external-load-balancers": "" } } : {}),
  };
}

/** What workers have of the cluster: enough to join it, no key that signs. */
function sharedCluster(options: ConfigOptions) {
  const { secrets, withDiscovery = true } = options;
  return {
    id: secrets.clusterId,
    secret: secrets.clusterSecret,
    controlPlane: { endpoint: options.endpoint },
    clusterName: options.clusterName,
    network: {
      dnsDomain: options.dnsDomain ?? "cluster.local",
      podSubnets: ["10.244.0.0/16"],
      serviceSubnets: ["10.96.0.0/12"],
    },
    token: secrets.bootstrapToken,
    ca: certificateOnly(secrets.kubernetes),
    discovery: withDiscovery
      ? { enabled: true, registries: { kubernetes: { disabled: true }, service: {} } }
      : { enabled: false },
  };
}

function controlPlane(options: ConfigOptions, endpoint: URL) {
  const { secrets, additionalSans = [], kubernetesVersion: version = kubernetesVersion } = options;
  const images = imagesFor(version);
  const host = endpoint.hostname.replace(/^\[|\]$/g, "");
  return {
    ...(secrets.aescbcEncryptionSecret === undefined ? {} : { aescbcEncryptionSecret: secrets.aescbcEncryptionSecret }),
    secretboxEncryptionSecret: secrets.secretboxEncryptionSecret,
    ca: encoded(secrets.kubernetes),
    aggregatorCA: encoded(secrets.aggregator),
    serviceAccount: { key: toBase64(secrets.serviceAccountKey) },
    apiServer: {
      image: images.apiServer,
      certSANs: [...new Set([host, ...additionalSans])],
      admissionControl,
      auditPolicy,
    },
    controllerManager: { image: images.controllerManager },
    proxy: { image: images.proxy },
    scheduler: { image: images.scheduler },
    etcd: { ca: encoded(secrets.etcd) },
    extraManifests: [],
    inlineManifests: [],
  };
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
