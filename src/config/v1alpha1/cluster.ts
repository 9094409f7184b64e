import { boolean, type FieldFacts, integer, list, map, oneOf, section, string } from "../describe.ts";
import { base64, duration, prefix, prefixOrExclusion, url } from "../formats.ts";
import { acceptedCertificate, certificateAndKey } from "./certificate.ts";
import { apiServer, controllerManager, proxy, scheduler } from "./control-plane.ts";

const text = string({ doc: "Value.", default: "" });
const secret = (doc: string) => string({ doc, sensitive: true });
const prefixes = (doc: string, facts: Pick<FieldFacts<readonly string[]>, "default" | "effect">) =>
  list(string({ doc: "Prefix.", check: prefix, default: "" }), { doc, ...facts, merge: "replace" });
const subnets = (doc: string) =>
  list(string({ doc: "Prefix.", check: prefixOrExclusion }), { doc, since: "1.2", example: ["10.0.0.0/8"] });

const network = section({
  doc: "The networks inside the cluster.",
  fields: {
    cni: section({
      doc: "Who makes the pod network.",
      example: { name: "custom", urls: ["https://cni.example.org/manifest.yaml"] },
      fields: {
        name: oneOf(["flannel", "custom", "none"], {
          doc: "Flannel, manifests of your own (custom), or nobody yet (none).",
          default: "flannel",
        }),
        urls: list(string({ doc: "URL." }), { doc: "Manifests of a custom one." }),
        flannel: section({
          doc: "Settings of Flannel.",
          since: "1.6",
          fields: { extraArgs: list(string({ doc: "Flag." }), { doc: "Flags of flanneld." }) },
        }),
      },
    }),
    dnsDomain: string({ doc: "Domain of the cluster's names.", default: "cluster.local", effect: "restart kubelet" }),
    podSubnets: prefixes("Prefixes that pods get their addresses from.", { default: ["10.244.0.0/16"] }),
    // The kubelet tells pods the address of the cluster's DNS, which is one of these.
    serviceSubnets: prefixes("Prefixes that services get their addresses from.", {
      default: ["10.96.0.0/12"],
      effect: "restart kubelet",
    }),
  },
});

const discovery = section({
  doc: "How the members of the cluster find each other.",
  fields: {
    enabled: boolean({ doc: "Let members find each other; KubeSpan needs it.", default: false }),
    registries: section({
      doc: "Where members are looked up.",
      fields: {
        kubernetes: section({
          doc: "The Kubernetes API: members are annotations of nodes.",
          fields: { disabled: boolean({ doc: "Do not use it.", default: false }) },
        }),
        service: section({
          doc: "An outside service, which sees encrypted data only.",
          fields: {
            disabled: boolean({ doc: "Do not use it.", default: false }),
            endpoint: string({
              doc: "URL of the service.",
              check: url("https", "http"),
              default: "https://discovery.talos.dev/",
            }),
          },
        }),
      },
    }),
  },
});

const etcd = section({
  doc: "etcd, on control plane machines.",
  effect: "restart etcd",
  fields: {
    image: string({ doc: "Image of etcd." }),
    ca: certificateAndKey({ doc: "Authority of etcd's certificates.", effect: "live" }),
    extraArgs: map(text, { doc: "Flags, without the leading dashes." }),
    subnet: string({ doc: "Prefix of the address to announce.", check: prefix, deprecated: "use advertisedSubnets" }),
    advertisedSubnets: subnets("Prefixes of the addresses that are announced to members; a leading ! excludes."),
    listenSubnets: subnets("Prefixes of the addresses that are listened on; a leading ! excludes."),
  },
}).optional();

/** `cluster`: what all machines of a cluster agree on, in the order files are written. */
export const cluster = section({
  doc: "What the machines of the cluster share.",
  effect: "live",
  fields: {
    id: string({ doc: "Identity of the cluster: 32 random bytes in base64." }),
    secret: secret("Secret of the cluster: 32 random bytes in base64."),
    controlPlane: section({
      doc: "Where the Kubernetes API is reached.",
      fields: {
        endpoint: string({ doc: "URL of the Kubernetes API, of a balancer or a single machine.", check: url("https") }),
        localAPIServerPort: integer({
          doc: "Port of the API server on each machine.",
          default: 6_443,
          minimum: 1,
          maximum: 65_535,
        }),
      },
    }),
    clusterName: string({ doc: "Name of the cluster, also of contexts in client configurations." }),
    network,
    token: secret("Token that joining nodes show to Kubernetes."),
    aescbcEncryptionSecret: secret("Key of Kubernetes secrets at rest, older form."),
    secretboxEncryptionSecret: { ...secret("Key of Kubernetes secrets at rest."), since: "1.3" },
    ca: certificateAndKey({ doc: "Authority of Kubernetes. Workers hold the certificate without the key." }),
    acceptedCAs: list(acceptedCertificate, {
      doc: "Authorities that are trusted besides, while one replaces another.",
      since: "1.7",
    }),
    aggregatorCA: certificateAndKey({ doc: "Authority of the API aggregation layer." }),
    serviceAccount: section({
      doc: "Key that signs service account tokens.",
      fields: { key: string({ doc: "Private key, PEM in base64.", check: base64, sensitive: true }) },
    }).optional(),
    apiServer,
    controllerManager,
    proxy,
    scheduler,
    discovery,
    etcd,
    coreDNS: section({
      doc: "The cluster's DNS server.",
      fields: {
        disabled: boolean({ doc: "Leave it out.", default: false }),
        image: string({ doc: "Image of CoreDNS." }),
      },
    }),
    externalCloudProvider: section({
      doc: "An external cloud provider.",
      fields: {
        // The kubelet is told by a flag.
        enabled: boolean({ doc: "Expect one.", default: false, effect: "restart kubelet" }),
        manifests: list(string({ doc: "URL." }), { doc: "Manifests that install it." }),
      },
    }),
    extraManifests: list(string({ doc: "URL." }), {
      doc: "Manifests applied when the cluster is made.",
      example: ["https://manifests.example.org/extra.yaml"],
    }),
    extraManifestHeaders: map(text, { doc: "Headers sent when manifests are fetched." }),
    inlineManifests: list(
      section({
        doc: "A manifest.",
        fields: {
          name: string({ doc: "Name of the manifest." }),
          contents: string({ doc: "Kubernetes objects, YAML.", default: "" }),
        },
      }),
      {
        doc: "Manifests written here, applied when the cluster is made.",
        example: [{ name: "namespace-ci", contents: "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ci\n" }],
      },
    ),
    adminKubeconfig: section({
      doc: "The administrator's kubeconfig.",
      fields: {
        certLifetime: string({ doc: "How long its certificate is valid.", check: duration, default: "8760h0m0s" }),
      },
    }),
    allowSchedulingOnMasters: boolean({
      doc: "Run workloads on control plane machines.",
      deprecated: "use allowSchedulingOnControlPlanes",
    }),
    allowSchedulingOnControlPlanes: boolean({
      doc: "Run workloads on control plane machines.",
      since: "1.2",
      default: false,
      effect: "restart kubelet",
    }),
  },
});
