import { join } from "node:path";

/** A program of the control plane. */
export type ComponentId = "kube-apiserver" | "kube-controller-manager" | "kube-scheduler";

/** User and group that each runs as: none can read what is another's. */
export const componentUsers: Readonly<Record<ComponentId, number>> = {
  "kube-apiserver": 65_534,
  "kube-controller-manager": 65_535,
  "kube-scheduler": 65_536,
};

/** Where the files of the control plane are, on the machine and in the pods alike. */
export interface Places {
  /** Certificates, keys and kubeconfigs; in memory. */
  readonly secrets: string;
  /** Configuration files; in memory. */
  readonly config: string;
  readonly auditLog: string;
}

export const places: Places = {
  secrets: "/system/secrets/kubernetes",
  config: "/system/config/kubernetes",
  auditLog: "/var/log/audit/kube",
};

export const secretOf = ({ secrets }: Places, component: ComponentId, file = ""): string =>
  join(secrets, component, file);

export const configOf = ({ config }: Places, component: ComponentId, file = ""): string =>
  join(config, component, file);

/** A directory of the machine that a pod sees under the same path, whatever its owner wishes. */
export interface OwnVolume {
  readonly name: string;
  readonly path: string;
  readonly readOnly: boolean;
}

/** What a component that has configuration files, too, sees of the machine's. */
export const ownFiles = (places: Places, component: ComponentId): readonly OwnVolume[] => [
  { name: "secrets", path: secretOf(places, component), readOnly: true },
  { name: "config", path: configOf(places, component), readOnly: true },
];
