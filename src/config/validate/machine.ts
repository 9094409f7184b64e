import { isSet } from "../locate.ts";
import { documentsOf } from "../machine-config.ts";
import { isControlPlane, type Rule } from "./rule.ts";

const install: Rule = (config, { error, mode }) => {
  const { disk, diskSelector, extraKernelArgs, grubUseUKICmdline, extensions } = config.machine.install;
  const path = "machine.install";
  if (mode === "metal") {
    const isWritten = isSet(config, path);
    if (!isWritten) error(path, 'install instructions are required in "metal" mode');
    else if ((disk ?? "") === "" && diskSelector === undefined) {
      error(path, "either install disk or diskSelector should be defined, or there is nowhere to install to");
    }
    if (extraKernelArgs.length > 0 && grubUseUKICmdline) {
      error(`${path}.extraKernelArgs`, "they are ignored with grubUseUKICmdline: true; set one or the other");
    }
  }
  const images = new Set<string>();
  for (const [index, { image = "" }] of extensions.entries()) {
    if (images.has(image)) error(`${path}.extensions[${index}]`, `duplicate system extension "${image}"`);
    images.add(image);
  }
};

const container: Rule = ({ machine: { features } }, { error, mode }) => {
  const path = "machine.features.hostDNS";
  const { enabled, forwardKubeDNSToHost } = features.hostDNS;
  if (mode !== "container") return;
  // The container's resolver is on its loopback address, which pods cannot reach by themselves.
  if (!enabled) error(`${path}.enabled`, "feature HostDNS should be enabled in container mode");
  if (!forwardKubeDNSToHost) {
    error(`${path}.forwardKubeDNSToHost`, "feature HostDNS should forward kube-dns to host in container mode");
  }
};

const machineType: Rule = (config, { warn }) => {
  const { type } = config.machine;
  if (!isSet(config, "machine.type")) warn("machine.type", 'use "worker" instead of "" for machine type');
  if (type === "init") warn("machine.type", 'use "controlplane" instead of "init" for machine type');
  if (type === "join") warn("machine.type", 'use "worker" instead of "join" for machine type');
};

const persist: Rule = ({ persist }, { error }) => {
  if (!persist) error("persist", ".persist should be enabled; a machine that forgets its config is not supported");
};

const token: Rule = ({ machine: { token } }, { error }) => {
  if (token === undefined || token === "") error("machine.token", "trustd token is missing; machines join with it");
  else if (!/^[^.]+\.[^.]+$/.test(token))
    error("machine.token", "trustd token is invalid: expected two parts around one dot");
};

const authority: Rule = (config, { error }) => {
  const { ca, acceptedCAs } = config.machine;
  const certificate = ca?.crt ?? "";
  const key = ca?.key ?? "";
  if (isControlPlane(config)) {
    if (certificate === "") error("machine.ca", "issuing CA is required (.machine.ca)");
    else if (key === "") error("machine.ca.key", "issuing CA key is required for controlplane nodes (.machine.ca.key)");
    return;
  }
  if (certificate === "" && acceptedCAs.length === 0) {
    error(
      "machine.ca.crt",
      "trusted CA certificates are required on non-controlplane nodes (.machine.ca.crt, .machine.acceptedCAs)",
    );
  }
  if (key !== "") {
    error("machine.ca.key", "issuing Talos API CA key is not allowed on non-controlplane nodes (.machine.ca)");
  }
};

const disks: Rule = ({ machine }, { error }) => {
  for (const [index, { device = "", partitions }] of machine.disks.entries()) {
    const path = `machine.disks[${index}]`;
    if (device === "") error(path, "device is missing");
    for (const [at, { size = "", mountpoint = "" }] of partitions.entries()) {
      if (mountpoint === "") error(`${path}.partitions[${at}]`, "mountpoint is missing");
      if (["", "0"].includes(size) && at < partitions.length - 1) {
        error(`${path}.partitions[${at}].size`, "a partition that takes the rest of the disk must be the last");
      }
    }
  }
};

const encryption: Rule = (config, { error }) => {
  for (const name of ["state", "ephemeral"] as const) {
    const partition = config.machine.systemDiskEncryption[name];
    if (partition === undefined) continue;
    const path = `machine.systemDiskEncryption.${name}`;
    const label = name.toUpperCase();
    if (partition.keys.length === 0) {
      error(`${path}.keys`, `partition "${label}": no encryption keys provided, so nothing could unlock it`);
    }
    const slots = new Set<number>();
    for (const [index, key] of partition.keys.entries()) {
      const { slot = 0 } = key;
      const kinds = [key.static, key.nodeID, key.kms, key.tpm].filter((kind) => kind !== undefined).length;
      if (kinds !== 1) error(`${path}.keys[${index}]`, `expected one of static, nodeID, kms or tpm, found ${kinds}`);
      if (slots.has(slot)) error(`${path}.keys[${index}].slot`, `encryption key slot ${slot} is already in use`);
      slots.add(slot);
    }
    for (const { name: volume, encryption } of documentsOf(config, "VolumeConfig")) {
      if (volume === label && encryption !== undefined) {
        error(path, `the VolumeConfig document "${label}" encrypts the volume as well; keep the document`);
      }
    }
  }
};

const logging: Rule = ({ machine: { logging } }, { error }) => {
  for (const [index, { endpoint = "", format }] of logging.destinations.entries()) {
    const path = `machine.logging.destinations[${index}]`;
    if (endpoint === "") error(path, "endpoint is missing");
    if (format === undefined) error(path, 'format is missing, expected "json_lines"');
  }
};

const files: Rule = ({ machine: { files } }, { error }) => {
  for (const [index, { path: target = "" }] of files.entries()) {
    if (target === "") error(`machine.files[${index}]`, "path is missing");
  }
};

/** What must hold in the machine section, but for its network and Kubernetes. */
export const machineRules: readonly Rule[] = [
  ...[install, container, machineType, persist, token, authority, disks, encryption, logging, files],
];
