import { anything, boolean, integer, list, map, section, string } from "../describe.ts";
import { address, prefixOrExclusion } from "../formats.ts";

const idMapping = section({
  doc: "A range of ids as the container sees it.",
  fields: {
    containerID: integer({ doc: "First id inside the container.", default: 0, minimum: 0 }),
    hostID: integer({ doc: "First id on the machine.", default: 0, minimum: 0 }),
    size: integer({ doc: "How many ids.", default: 0, minimum: 0 }),
  },
});

const extraMount = section({
  doc: "A mount in the kubelet's container.",
  fields: {
    destination: string({ doc: "Path inside the container." }),
    type: string({ doc: "File system type, mostly bind." }),
    source: string({ doc: "Path on the machine." }),
    options: list(string({ doc: "Mount option." }), { doc: "Mount options, as in fstab." }),
    uidMappings: list(idMapping, { doc: "User ids of an id-mapped mount.", since: "1.6" }),
    gidMappings: list(idMapping, { doc: "Group ids of an id-mapped mount.", since: "1.6" }),
  },
});

/** `machine.kubelet`: how this machine's kubelet runs. */
export const kubelet = section({
  doc: "How the kubelet runs on this machine.",
  effect: "restart kubelet",
  fields: {
    image: string({ doc: "Image of the kubelet; its tag is the version of Kubernetes on this machine." }),
    clusterDNS: list(string({ doc: "Address.", check: address }), {
      doc: "Addresses that pods ask for names; by default the cluster's own.",
      example: ["10.96.0.10"],
    }),
    extraArgs: map(string({ doc: "Value of the flag.", default: "" }), {
      doc: "Flags for the kubelet, without the leading dashes.",
      example: { "rotate-server-certificates": "true" },
    }),
    extraMounts: list(extraMount, {
      doc: "Further mounts of the kubelet's container.",
      example: [
        { destination: "/var/mnt/data", type: "bind", source: "/var/mnt/data", options: ["bind", "rshared", "rw"] },
      ],
    }),
    extraConfig: anything({
      doc: "Fields merged into the kubelet's configuration file.",
      example: { serverTLSBootstrap: true },
    }),
    credentialProviderConfig: anything({
      doc: "Configuration of the kubelet's image credential providers.",
      since: "1.6",
    }),
    defaultRuntimeSeccompProfileEnabled: boolean({
      doc: "Give containers the runtime's seccomp profile unless they ask for another.",
      since: "1.2",
      default: false,
    }),
    registerWithFQDN: boolean({
      doc: "Register the node under its full name instead of its host name.",
      default: false,
    }),
    nodeIP: section({
      doc: "Which of the machine's addresses is the node's.",
      example: { validSubnets: ["10.0.0.0/8", "!10.0.0.3/32"] },
      fields: {
        validSubnets: list(string({ doc: "Prefix.", check: prefixOrExclusion }), {
          doc: "Prefixes the address may be of; a leading ! excludes.",
        }),
      },
    }),
    skipNodeRegistration: boolean({
      doc: "Run static pods only, without joining a cluster.",
      since: "1.2",
      default: false,
    }),
    disableManifestsDirectory: boolean({
      doc: "Ignore /etc/kubernetes/manifests; static pods come from this config alone.",
      since: "1.3",
      default: false,
    }),
  },
});
