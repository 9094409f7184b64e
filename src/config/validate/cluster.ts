import { isSet } from "../locate.ts";
import { isQuantity } from "../quantity.ts";
import { isControlPlane, type Rule } from "./rule.ts";

const authority: Rule = (config, { error }) => {
  const { ca, etcd } = config.cluster;
  if (isControlPlane(config)) {
    if (etcd !== undefined && (etcd.ca?.crt ?? "") === "") {
      error("cluster.etcd", "key/cert combination should not be empty: etcd needs its authority, ca");
    }
    return;
  }
  if ((ca?.key ?? "") !== "") {
    error("cluster.ca.key", "issuing Kubernetes API CA key is not allowed on non-controlplane nodes (.cluster.ca)");
  }
  if (etcd !== undefined) error("cluster.etcd", "etcd config is only allowed on control plane machines");
};

const etcd: Rule = ({ cluster: { etcd } }, { error }) => {
  if ((etcd?.subnet ?? "") !== "" && (etcd?.advertisedSubnets.length ?? 0) > 0) {
    error("cluster.etcd.subnet", "etcd subnet can't be set when advertised subnets are set");
  }
};

const cni: Rule = (config, { error, warn }) => {
  if (!isControlPlane(config)) return;
  const { name, urls, flannel } = config.cluster.network.cni;
  const path = "cluster.network.cni";
  if (name === "custom" && urls.length === 0) warn(`${path}.urls`, '"urls" field should not be empty for "custom" CNI');
  if (name !== "custom" && urls.length > 0) error(`${path}.urls`, `"urls" field should be empty for "${name}" CNI`);
  if (name !== "flannel" && flannel.extraArgs.length > 0) {
    error(`${path}.flannel.extraArgs`, `flannel's flags should be empty for "${name}" CNI`);
  }
  if (name !== "custom") return;
  for (const [index, url = ""] of urls.entries()) {
    if (!isWebUrl(url)) error(`${path}.urls[${index}]`, `"${url}" is not an http or https URL`);
  }
};

const kubespan: Rule = (config, { error }) => {
  if (!config.machine.network.kubespan.enabled) return;
  const required = "should be set when .machine.network.kubespan is enabled";
  if (!config.cluster.discovery.enabled) {
    error(
      "cluster.discovery",
      ".cluster.discovery should be enabled when .machine.network.kubespan is enabled; members find each other by it",
    );
  }
  if (!isSet(config, "cluster.id")) error("cluster.id", `.cluster.id ${required}`);
  if (!isSet(config, "cluster.secret")) error("cluster.secret", `.cluster.secret ${required}`);
};

const discovery: Rule = (config, { error }) => {
  const { enabled, registries } = config.cluster.discovery;
  if (!enabled || registries.service.disabled) return;
  if (!isSet(config, "cluster.id")) error("cluster.id", "cluster discovery service requires .cluster.id");
  if (!isSet(config, "cluster.secret")) error("cluster.secret", "cluster discovery service requires .cluster.secret");
  const { endpoint } = registries.service;
  if (URL.canParse(endpoint) && !["/", ""].includes(new URL(endpoint).pathname)) {
    error("cluster.discovery.registries.service.endpoint", "cluster discovery service path should be empty");
  }
};

const manifests: Rule = ({ cluster: { inlineManifests } }, { error }) => {
  const seen = new Set<string>();
  for (const [index, { name = "" }] of inlineManifests.entries()) {
    const path = `cluster.inlineManifests[${index}]`;
    if (name.trim() === "") error(path, "inline manifest name can't be empty; manifests are told apart by it");
    else if (seen.has(name)) error(`${path}.name`, `inline manifest name "${name}" is duplicate`);
    seen.add(name);
  }
};

const cloudProvider: Rule = ({ cluster: { externalCloudProvider } }, { error }) => {
  const path = "cluster.externalCloudProvider";
  const { enabled, manifests } = externalCloudProvider;
  if (!enabled && manifests.length > 0) {
    error(path, "external cloud provider is disabled, but manifests are provided");
  }
  for (const [index, url = ""] of manifests.entries()) {
    if (!isWebUrl(url)) error(`${path}.manifests[${index}]`, `"${url}" is not an http or https URL`);
  }
};

const authorization: Rule = ({ cluster: { apiServer } }, { error }) => {
  const path = "cluster.apiServer";
  const { authorizationConfig, extraArgs } = apiServer;
  for (const [index, { type = "", name = "" }] of authorizationConfig.entries()) {
    const at = `${path}.authorizationConfig[${index}]`;
    if (type === "") error(at, "authorizer type must be set");
    if (name === "") error(at, "authorizer name must be set");
    if (!["", "Node", "RBAC", "Webhook"].includes(type)) {
      error(`${at}.type`, `authorizer type ${type} is not allowed, expected Node, RBAC or Webhook`);
    }
  }
  if (authorizationConfig.length === 0) return;
  for (const name of Object.keys(extraArgs)) {
    if (name !== "authorization-mode" && !name.startsWith("authorization-webhook-")) continue;
    error(`${path}.extraArgs.${name}`, `the flag "${name}" and authorizationConfig exclude each other`);
  }
};

const podResources: Rule = ({ cluster }, { error, warn }) => {
  for (const name of ["apiServer", "controllerManager", "scheduler"] as const) {
    for (const [part, amounts] of Object.entries(cluster[name].resources)) {
      for (const [resource, amount] of Object.entries(typeof amounts === "object" && amounts !== null ? amounts : {})) {
        const path = `cluster.${name}.resources.${part}.${resource}`;
        if (resource !== "cpu" && resource !== "memory") error(path, `unsupported pod resource "${resource}"`);
        else if (!isQuantity(amount)) warn(path, `"${amount}" is no amount that Kubernetes takes, and is ignored`);
      }
    }
  }
};

const dnsDomain: Rule = ({ cluster: { network } }, { error }) => {
  const name = network.dnsDomain;
  const isName =
    name.length <= 255 && /^(?:[a-zA-Z0-9_][a-zA-Z0-9_-]{0,62})(?:\.[a-zA-Z0-9_][a-zA-Z0-9_-]{0,62})*\.?$/.test(name);
  if (name !== "" && !isName) error("cluster.network.dnsDomain", `"${name}" is not a valid DNS name`);
};

const isWebUrl = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

/** What must hold in the cluster section. */
export const clusterRules: readonly Rule[] = [
  ...[authority, etcd, cni, kubespan, discovery, manifests, cloudProvider, authorization, podResources, dnsDomain],
];
