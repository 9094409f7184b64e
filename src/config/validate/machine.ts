import { isSet } from "../locate.ts";
import { documentsOf, type MachineConfig } from "../machine-config.ts";
import type { Rule } from "./rule.ts";

const isControlPlane = ({ machine }: MachineConfig) => machine.type === "controlplane" || machine.type === "init";

const sections: Rule = (config, { error, mode }) => {
  if (!isSet(config, "machine")) return error("machine", "missing; a config needs its machine section");
  if (!isSet(config, "cluster")) return error("cluster", "missing; a config needs its cluster section");
  if (!isSet(config, "cluster.controlPlane.endpoint")) {
    error("cluster.controlPlane.endpoint", "missing; machines find the Kubernetes API by it");
  }
  if (
    mode === "metal" &&
    config.machine.install.disk === undefined &&
    config.machine.install.diskSelector === undefined
  ) {
    error("machine.install", "neither disk nor diskSelector is set, so there is nowhere to install to");
  }
};

const machineType: Rule = ({ machine: { type } }, { warn }) => {
  if (type === "init") warn("machine.type", `"init" is the old name of "controlplane"`);
  if (type === "join") warn("machine.type", `"join" is the old name of "worker"`);
};

const persist: Rule = ({ persist }, { error }) => {
  if (!persist) error("persist", "must be true; a machine that forgets its config is not supported");
};

const token: Rule = ({ machine: { token } }, { error }) => {
  if (token === undefined || token === "") error("machine.token", "missing; machines join with it");
  else if (!/^[^.]+\.[^.]+$/.test(token)) error("machine.token", "expected two parts around one dot");
};

const machineAuthority: Rule = (config, { error }) => {
  const { ca, acceptedCAs } = config.machine;
  const certificate = ca?.crt ?? "";
  const key = ca?.key ?? "";
  if (isControlPlane(config)) {
    if (certificate === "") error("machine.ca", "missing; control plane machines issue certificates with it");
    else if (key === "") error("machine.ca.key", "missing; control plane machines sign with it");
    return;
  }
  if (certificate === "" && acceptedCAs.length === 0) {
    error("machine.ca.crt", "missing, and acceptedCAs is empty; without either the machine trusts nobody");
  }
  if (key !== "") error("machine.ca.key", "not allowed on workers: whoever holds it commands the cluster");
};

const virtualAddress: Rule = (config, { error }) => {
  if (isControlPlane(config)) return;
  for (const [index, { vip, vlans }] of config.machine.network.interfaces.entries()) {
    const path = `machine.network.interfaces[${index}]`;
    if (vip !== undefined) error(`${path}.vip`, "only control plane machines share an address");
    for (const [vlan, { vip: shared }] of vlans.entries()) {
      if (shared !== undefined) error(`${path}.vlans[${vlan}].vip`, "only control plane machines share an address");
    }
  }
};

const links: Rule = ({ machine: { network } }, { error }) => {
  const seen = new Set<string>();
  for (const [index, link] of network.interfaces.entries()) {
    const path = `machine.network.interfaces[${index}]`;
    const { interface: name, deviceSelector } = link;
    if (name === undefined && deviceSelector === undefined) error(path, "neither interface nor deviceSelector is set");
    if (name !== undefined && deviceSelector !== undefined)
      error(path, "interface and deviceSelector exclude each other");
    if (name !== undefined && seen.has(name)) error(`${path}.interface`, `"${name}" is configured twice`);
    if (name !== undefined) seen.add(name);
    if (link.bond !== undefined && link.bridge !== undefined) error(path, "bond and bridge exclude each other");
  }
};

const hostname: Rule = (config, { error }) => {
  const { machine } = config;
  const [document] = documentsOf(config, "HostnameConfig");
  if (machine.network.hostname !== undefined && machine.features.stableHostname) {
    error("machine.network.hostname", "features.stableHostname derives the name; set one or the other");
  }
  if (machine.network.hostname !== undefined && document !== undefined) {
    error("machine.network.hostname", "the HostnameConfig document names the machine as well; keep the document");
  }
  if (document?.hostname !== undefined && document.auto === "stable") {
    error("", 'HostnameConfig: auto: stable derives the name, and hostname gives one; use "auto: off" to give one');
  }
};

/** Fields the machine itself decides; a config that changed them would cut the kubelet off. */
const kubeletFields = ["apiVersion", "kind", "authentication", "authorization", "port", "cgroupRoot", "systemCgroups"];
const kubeletFlags = ["bootstrap-kubeconfig", "kubeconfig", "container-runtime-endpoint", "config", "cert-dir"];

const kubelet: Rule = ({ machine }, { error }) => {
  const { extraConfig, extraArgs } = machine.kubelet;
  for (const name of Object.keys(typeof extraConfig === "object" && extraConfig !== null ? extraConfig : {})) {
    if (kubeletFields.includes(name)) error(`machine.kubelet.extraConfig.${name}`, "the machine decides this field");
  }
  for (const name of Object.keys(extraArgs)) {
    if (kubeletFlags.includes(name)) error(`machine.kubelet.extraArgs.${name}`, "the machine decides this flag");
  }
};

const hostDns: Rule = ({ machine }, { error }) => {
  const { enabled, forwardKubeDNSToHost } = machine.features.hostDNS;
  if (forwardKubeDNSToHost && !enabled) error("machine.features.hostDNS", "forwardKubeDNSToHost needs enabled: true");
};

const apiAccess: Rule = (config, { error }) => {
  const path = "machine.features.kubernetesTalosAPIAccess";
  if (config.machine.features.kubernetesTalosAPIAccess.enabled && !isControlPlane(config)) {
    error(path, "only control plane machines can give access");
  }
};

const encryption: Rule = ({ machine: { systemDiskEncryption } }, { error }) => {
  for (const name of ["state", "ephemeral"] as const) {
    const keys = systemDiskEncryption[name]?.keys;
    if (keys === undefined) continue;
    const path = `machine.systemDiskEncryption.${name}.keys`;
    if (keys.length === 0) error(path, "no key is given, so nothing could unlock the partition");
    for (const [index, key] of keys.entries()) {
      const kinds = [key.static, key.nodeID, key.kms, key.tpm].filter((kind) => kind !== undefined).length;
      if (kinds !== 1) error(`${path}[${index}]`, `expected one of static, nodeID, kms or tpm, found ${kinds}`);
    }
    const slots = keys.map(({ slot }) => slot);
    if (new Set(slots).size < slots.length) error(path, "two keys share a slot");
  }
};

/** What must hold in the machine section. */
export const machineRules: readonly Rule[] = [
  ...[sections, machineType, persist, token, machineAuthority, virtualAddress, links, hostname],
  ...[kubelet, hostDns, apiAccess, encryption],
];
