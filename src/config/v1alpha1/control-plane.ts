import { anything, boolean, list, map, section, string } from "../describe.ts";
import { hostnameOrAddress } from "../formats.ts";

const text = string({ doc: "Value.", default: "" });

const extraVolume = section({
  doc: "A directory of the machine in the pod.",
  fields: {
    hostPath: string({ doc: "Path on the machine." }),
    mountPath: string({ doc: "Path in the pod." }),
    readonly: boolean({ doc: "Mount it read-only.", default: false }),
  },
});

const pod = (image: string) => ({
  image: string({ doc: image }),
  extraArgs: map(text, { doc: "Flags, without the leading dashes." }),
  extraVolumes: list(extraVolume, { doc: "Directories of the machine that the pod sees." }),
  env: map(text, { doc: "Environment of its process." }),
});
const amounts = (doc: string) => anything({ doc, example: { cpu: "1", memory: "1Gi" } });
const resources = section({
  doc: "What the pod asks for, and what it may have.",
  since: "1.5",
  fields: { requests: amounts("What it is sure to get."), limits: amounts("What it may take at most.") },
});

const admissionPlugin = section({
  doc: "An admission plugin.",
  fields: {
    name: string({ doc: "Name of the plugin." }),
    configuration: anything({ doc: "The plugin's configuration." }),
  },
});

const authorizer = section({
  doc: "An authorizer.",
  fields: {
    type: string({ doc: "Node, RBAC or Webhook." }),
    name: string({ doc: "Name of the authorizer." }),
    webhook: anything({ doc: "How the webhook is called." }),
  },
});

export const apiServer = section({
  doc: "The Kubernetes API server.",
  fields: {
    ...pod("Image of the API server."),
    certSANs: list(string({ doc: "Name or address.", check: hostnameOrAddress }), {
      doc: "Names and addresses in its certificate.",
    }),
    disablePodSecurityPolicy: boolean({ doc: "Ignored: the feature is gone from Kubernetes." }),
    admissionControl: list(admissionPlugin, {
      doc: "Plugins that judge what is asked of the API server, with their configuration.",
      merge: { keys: ["name"] },
    }),
    auditPolicy: anything({ doc: "What is written to the audit log.", since: "1.3", merge: "replace" }),
    resources,
    authorizationConfig: list(authorizer, { doc: "Authorizers, in order; Node and RBAC when empty.", since: "1.9" }),
  },
});

export const controllerManager = section({
  doc: "The Kubernetes controller manager.",
  fields: { ...pod("Image of the controller manager."), resources },
});

export const scheduler = section({
  doc: "The Kubernetes scheduler.",
  fields: {
    ...pod("Image of the scheduler."),
    resources,
    config: anything({ doc: "The scheduler's configuration.", since: "1.6" }),
  },
});

export const proxy = section({
  doc: "The Kubernetes service proxy.",
  fields: {
    disabled: boolean({ doc: "Leave it out.", default: false }),
    image: string({ doc: "Image of the proxy." }),
    mode: string({ doc: "How services are implemented: nftables, iptables or ipvs." }),
    extraArgs: map(text, { doc: "Flags, without the leading dashes." }),
  },
});
