import { supportedKubernetes as supported } from "../defaults/images.ts";
import { isControlPlane, type Rule } from "./rule.ts";

/** Fields the machine itself decides; a config that changed them would cut the kubelet off. */
const kubeletFields = [
  ...["apiVersion", "kind", "authentication", "authorization", "port", "cgroupRoot", "systemCgroups"],
  ...["kubeletCgroups", "protectKernelDefaults", "resolvConf", "rotateCertificates", "staticPodPath"],
  ...["seccompDefault", "staticPodURL", "clientCAFile"],
];
const kubeletFlags = ["bootstrap-kubeconfig", "kubeconfig", "container-runtime-endpoint", "config", "cert-dir"];

const kubelet: Rule = ({ machine }, { error }) => {
  const { extraConfig, extraArgs } = machine.kubelet;
  for (const name of Object.keys(typeof extraConfig === "object" && extraConfig !== null ? extraConfig : {})) {
    if (kubeletFields.includes(name)) {
      error(`machine.kubelet.extraConfig.${name}`, `kubelet configuration field "${name}" can't be overridden`);
    }
  }
  for (const name of Object.keys(extraArgs)) {
    if (kubeletFlags.includes(name)) {
      error(`machine.kubelet.extraArgs.${name}`, `kubelet flag "${name}" can't be overridden`);
    }
  }
};

const apiAccess: Rule = (config, { error }) => {
  const path = "machine.features.kubernetesTalosAPIAccess";
  const { enabled, allowedRoles } = config.machine.features.kubernetesTalosAPIAccess;
  if (!enabled) return;
  if (!isControlPlane(config)) {
    error(path, "feature Kubernetes Talos API Access can only be enabled on control plane machines");
  }
  const roles = ["os:admin", "os:operator", "os:reader", "os:etcd:backup", "os:impersonator"];
  for (const [index, role = ""] of allowedRoles.entries()) {
    if (!roles.includes(role)) {
      error(`${path}.allowedRoles[${index}]`, `invalid role "${role}", expected one of ${roles.join(", ")}`);
    }
  }
};

const maximumAnnotations = 256 << 10;
const reservedAnnotations = /^talos\.dev\/owned-(?:annotations|labels|taints)$/;

const labels: Rule = ({ machine }, { error }) => {
  const check = (
    field: string,
    entries: Readonly<Record<string, string>>,
    wrong: (value: string) => string | undefined,
  ) => {
    for (const [name, value] of Object.entries(entries)) {
      const path = `machine.${field}.${name}`;
      const problem = wrongName(name) ?? wrong(value);
      if (problem !== undefined) error(path, problem);
    }
  };
  check("nodeLabels", machine.nodeLabels, wrongValue);
  check("nodeTaints", machine.nodeTaints, wrongTaint);
  check("nodeAnnotations", machine.nodeAnnotations, () => undefined);
  for (const name of Object.keys(machine.nodeAnnotations)) {
    if (reservedAnnotations.test(name)) error(`machine.nodeAnnotations.${name}`, `annotation "${name}" is reserved`);
  }
  const size = Object.entries(machine.nodeAnnotations).flat().join("").length;
  if (size > maximumAnnotations) error("machine.nodeAnnotations", `together longer than ${maximumAnnotations} bytes`);
};

const namePattern = /^(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

/** Kubernetes calls it a qualified name: `rack`, or `example.org/rack`. */
function wrongName(text: string): string | undefined {
  const [name = "", prefix, ...rest] = text.split("/").toReversed();
  if (rest.length > 0) return `"${text}" has more than one slash`;
  const isDomain = prefix === undefined || /^(?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.|$))+$/.test(prefix);
  if (!isDomain || prefix === "" || (prefix ?? "").length > 253) return `the part before the slash is not a domain`;
  if (name.length > 63 || !namePattern.test(name)) {
    return `"${name}" is not up to 63 letters, digits, dots, hyphens and underscores, with a letter or digit at both ends`;
  }
  return undefined;
}

const wrongValue = (text: string): string | undefined =>
  text === "" || (text.length <= 63 && namePattern.test(text)) ? undefined : `the label value "${text}" is invalid`;

function wrongTaint(text: string): string | undefined {
  const effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"];
  const colon = text.indexOf(":");
  const effect = text.slice(colon + 1);
  if (!effects.includes(effect)) return `invalid taint effect "${effect}", expected one of ${effects.join(", ")}`;
  return wrongValue(colon < 0 ? "" : text.slice(0, colon));
}

const runtimeSpec: Rule = ({ machine: { baseRuntimeSpecOverrides } }, { error }) => {
  const isMap = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
  if (baseRuntimeSpecOverrides !== undefined && !isMap(baseRuntimeSpecOverrides)) {
    error("machine.baseRuntimeSpecOverrides", "expected a map of fields of the runtime specification");
  }
};

/** A kubelet that is much older or newer than the machine knows other flags and fields. */
const versions: Rule = (config, { error, onMachine }) => {
  if (!onMachine) return;
  const { apiServer, controllerManager, scheduler } = config.cluster;
  const controlPlane = isControlPlane(config)
    ? { "cluster.apiServer": apiServer, "cluster.controllerManager": controllerManager, "cluster.scheduler": scheduler }
    : {};
  for (const [path, { image = "" }] of Object.entries({ "machine.kubelet": config.machine.kubelet, ...controlPlane })) {
    const problem = image === "" ? undefined : wrongVersion(image);
    if (problem !== undefined) error(`${path}.image`, problem);
  }
};

function wrongVersion(image: string): string | undefined {
  const version = /:v(\d+\.\d+)\.\d+[^:@/]*(?:@.*)?$/.exec(image)?.[1];
  if (version === undefined) return `"${image}" does not end in a version of Kubernetes, such as :v${supported[1]}.0`;
  const [low, high] = supported.map((limit) => version.localeCompare(limit, "en", { numeric: true }));
  if ((low ?? 0) < 0)
    return `version ${version} of Kubernetes is too old for this machine; the oldest is ${supported[0]}`;
  if ((high ?? 0) > 0)
    return `version ${version} of Kubernetes is too new for this machine; the newest is ${supported[1]}`;
  return undefined;
}

/** What must hold in what the machine section says about Kubernetes and containers. */
export const kubernetesRules: readonly Rule[] = [kubelet, apiAccess, labels, runtimeSpec, versions];
