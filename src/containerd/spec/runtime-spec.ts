/** The parts of an OCI runtime configuration (runtime-spec 1.1, config.json) that the machine's own containers use. */
export interface RuntimeSpec {
  readonly ociVersion: string;
  readonly process: {
    readonly user: { readonly uid: number; readonly gid: number };
    readonly args: readonly string[];
    readonly env: readonly string[];
    readonly cwd: string;
    readonly capabilities: Readonly<Record<CapabilitySet, readonly string[]>>;
    readonly rlimits: readonly ResourceLimit[];
    readonly noNewPrivileges: boolean;
    readonly oomScoreAdj: number;
  };
  readonly root: { readonly path: string; readonly readonly: boolean };
  readonly hostname?: string;
  readonly mounts: readonly RuntimeMount[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly linux: {
    readonly namespaces: readonly { readonly type: Namespace }[];
    readonly cgroupsPath: string;
    readonly resources: { readonly devices: readonly DeviceRule[] };
    readonly rootfsPropagation: "private" | "slave" | "shared";
    readonly maskedPaths: readonly string[];
    readonly readonlyPaths: readonly string[];
  };
}

export type CapabilitySet = "bounding" | "effective" | "permitted" | "inheritable";
export type Namespace = "mount" | "pid" | "ipc" | "uts" | "network" | "cgroup";

export interface ResourceLimit {
  readonly type: "RLIMIT_NOFILE";
  readonly soft: number;
  readonly hard: number;
}

export interface RuntimeMount {
  readonly destination: string;
  readonly type: string;
  readonly source: string;
  readonly options: readonly string[];
  /** Ids of an id-mapped mount. */
  readonly uidMappings?: readonly IdMapping[];
  readonly gidMappings?: readonly IdMapping[];
}

export interface IdMapping {
  readonly containerID: number;
  readonly hostID: number;
  readonly size: number;
}

export interface DeviceRule {
  readonly allow: boolean;
  readonly access: string;
  readonly type?: "a" | "b" | "c";
  readonly major?: number;
  readonly minor?: number;
}
