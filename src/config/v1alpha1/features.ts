import { boolean, integer, list, oneOf, section, string } from "../describe.ts";

/** `machine.features`: switches. */
export const features = section({
  doc: "Features that can be switched on or off.",
  fields: {
    rbac: boolean({ doc: "Check the roles of API clients. Always on since 1.12.", default: true, effect: "reboot" }),
    stableHostname: boolean({
      doc: "Derive the host name from the machine's identity.",
      since: "1.2",
      replacedBy: "HostnameConfig",
      effect: "reboot",
    }),
    kubernetesTalosAPIAccess: section({
      doc: "Access to the machine API from pods.",
      since: "1.2",
      effect: "live",
      example: { enabled: true, allowedRoles: ["os:reader"], allowedKubernetesNamespaces: ["kube-system"] },
      fields: {
        enabled: boolean({ doc: "Let pods ask for access.", default: false }),
        allowedRoles: list(string({ doc: "Role." }), { doc: "Roles that can be granted." }),
        allowedKubernetesNamespaces: list(string({ doc: "Namespace." }), { doc: "Namespaces whose pods may ask." }),
      },
    }),
    apidCheckExtKeyUsage: boolean({
      doc: "Check that clients show client certificates. Always on since 1.12.",
      since: "1.3",
      default: true,
      effect: "reboot",
    }),
    diskQuotaSupport: boolean({
      doc: "Mount /var with project quotas, so that the kubelet can limit pods.",
      since: "1.5",
      default: false,
      effect: "reboot",
    }),
    kubePrism: section({
      doc: "A local balancer in front of the Kubernetes API servers.",
      since: "1.5",
      example: { enabled: true, port: 7_445 },
      effect: "live",
      fields: {
        enabled: boolean({
          doc: "Balance over all API servers, so that no outside balancer is needed.",
          default: false,
        }),
        port: integer({ doc: "Port on the loopback address.", default: 7_445, minimum: 1, maximum: 65_535 }),
      },
    }),
    hostDNS: section({
      doc: "A caching resolver on the machine.",
      since: "1.7",
      example: { enabled: true, forwardKubeDNSToHost: true },
      effect: "live",
      fields: {
        enabled: boolean({ doc: "Answer programs on the machine from a cache.", default: false }),
        forwardKubeDNSToHost: boolean({ doc: "Let the cluster's DNS ask the machine's resolver.", default: false }),
        resolveMemberNames: boolean({ doc: "Answer for the names of cluster members.", default: false }),
      },
    }),
    imageCache: section({
      doc: "Images that are kept on a local partition.",
      since: "1.9",
      effect: "live",
      fields: { localEnabled: boolean({ doc: "Serve images from it before asking a registry.", default: false }) },
    }),
    nodeAddressSortAlgorithm: oneOf(["", "v1", "v2"], {
      doc: "In which order the machine's addresses are listed.",
      since: "1.9",
      effect: "live",
    }),
  },
});
