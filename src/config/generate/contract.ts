import { Failure } from "../../errors/failure.ts";

/** A version of Talos that a config is made for: its fields are those that this version knows and expects. */
export interface Contract {
  readonly major: number;
  readonly minor: number;
}

/** The version that we are compatible with. */
const current: Contract = { major: 1, minor: 12 };
const oldest: Contract = { major: 1, minor: 0 };

/**
 * Since which version new configs have something, and until before which. Without an end they still have it.
 * A config for a version must not hold what it does not know, for it would be refused.
 */
const features = {
  podSecurityAdmission: ["1.1"],
  stableHostname: ["1.2", "1.12"],
  defaultSeccompProfile: ["1.2"],
  /** The registry of Kubernetes moved, and images of that time named the old one. */
  alternateKubernetesRegistry: ["1.2", "1.3"],
  kubernetesDiscoveryDisabled: ["1.2"],
  clientKeyUsageCheck: ["1.3", "1.12"],
  auditPolicy: ["1.3"],
  manifestsDirectoryDisabled: ["1.3"],
  secretboxEncryption: ["1.3"],
  diskQuota: ["1.5"],
  kubePrism: ["1.6"],
  hostDns: ["1.7"],
  rsaServiceAccountKey: ["1.7"],
  clusterNameOfWorkers: ["1.8"],
  kubeDnsToHost: ["1.8"],
  excludedFromBalancers: ["1.8"],
  /** Hostname and registries in documents of their own. */
  networkDocuments: ["1.12"],
  grubFollowsUki: ["1.12"],
  rbac: ["1.0", "1.12"],
  podSecurityPolicyDisabled: ["1.0", "1.12"],
  /** Later versions take the endpoint's host into the API server's certificate by themselves. */
  endpointInSans: ["1.0", "1.12"],
} as const satisfies Record<string, readonly [since: string, until?: string]>;

export type Feature = keyof typeof features;

/** Whether configs for this version have something. */
export function has(feature: Feature, contract: Contract = current): boolean {
  const [since, until] = features[feature] as readonly [string, string?];
  return compare(contract, parse(since)) >= 0 && (until === undefined || compare(contract, parse(until)) < 0);
}

/**
 * The contract of a version such as `v1.5`, `1.5.3`.
 * @throws Failure when it is no version, or not one that configs can be made for.
 */
export function parseContract(version: string): Contract {
  const match = /^v?(\d+)\.(\d+)(?:\..*)?$/.exec(version);
  const range = `${text(oldest)} to ${text(current)}`;
  if (match === null) {
    throw new Failure(`Cannot make a config for version "${version}": it is no version`, {
      hint: `Write it as ${text(current)}; known are ${range}`,
    });
  }
  const contract = { major: Number(match[1]), minor: Number(match[2]) };
  if (compare(contract, oldest) < 0) {
    throw new Failure(`Cannot make a config for version "${version}": it is too old`, { hint: `Known are ${range}` });
  }
  // What later versions want cannot be known; they understand what the current one does.
  return contract;
}

const parse = (version: string): Contract => {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return { major, minor };
};

const compare = (left: Contract, right: Contract): number => left.major - right.major || left.minor - right.minor;
const text = ({ major, minor }: Contract): string => `v${major}.${minor}`;
