import { isSet } from "../locate.ts";
import type { Rule } from "./rule.ts";

const authority: Rule = ({ machine, cluster }, { error }) => {
  if (machine.type !== "worker") return;
  if ((cluster.ca?.key ?? "") !== "") {
    error("cluster.ca.key", "not allowed on workers: whoever holds it commands Kubernetes");
  }
  if (cluster.etcd !== undefined) error("cluster.etcd", "only control plane machines run etcd");
};

const cni: Rule = ({ cluster: { network } }, { error }) => {
  const { name, urls } = network.cni;
  if (name === "custom" && urls.length === 0) error("cluster.network.cni.urls", "a custom CNI needs its manifests");
  if (name !== "custom" && urls.length > 0) error("cluster.network.cni.urls", `"${name}" takes no manifests`);
};

const kubespan: Rule = (config, { error }) => {
  if (!config.machine.network.kubespan.enabled) return;
  const path = "machine.network.kubespan";
  if (!config.cluster.discovery.enabled) error(path, "members find each other by cluster.discovery, which is off");
  if (!isSet(config, "cluster.id")) error("cluster.id", "missing; KubeSpan needs it");
  if (!isSet(config, "cluster.secret")) error("cluster.secret", "missing; KubeSpan needs it");
};

const discovery: Rule = (config, { error }) => {
  const { enabled, registries } = config.cluster.discovery;
  if (!enabled || registries.service.disabled) return;
  if (!isSet(config, "cluster.id")) error("cluster.id", "missing; the discovery service needs it");
  if (!isSet(config, "cluster.secret"))
    error("cluster.secret", "missing; what is sent to the service is encrypted with it");
  if (!["/", ""].includes(new URL(registries.service.endpoint).pathname)) {
    error("cluster.discovery.registries.service.endpoint", "expected a URL without a path");
  }
};

const manifests: Rule = ({ cluster: { inlineManifests } }, { error }) => {
  const seen = new Set<string>();
  for (const [index, { name = "" }] of inlineManifests.entries()) {
    const path = `cluster.inlineManifests[${index}].name`;
    if (name === "") error(path, "missing; manifests are told apart by name");
    else if (seen.has(name)) error(path, `"${name}" is given twice`);
    seen.add(name);
  }
};

/** What must hold in the cluster section. */
export const clusterRules: readonly Rule[] = [authority, cni, kubespan, discovery, manifests];
