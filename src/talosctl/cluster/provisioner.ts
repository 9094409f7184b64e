import type { BootFiles } from "./artifacts.ts";
import type { ClusterDirectory } from "./directory.ts";
import type { HostProcess } from "./host-process.ts";
import type { ClusterSubnet } from "./network/subnet.ts";
import type { Architecture, NodePorts, NodeRole, Plugged, ProvisionerName } from "./state.ts";

/** How a volume holds a config: as a file of its own, or as the seed of a hypervisor. */
export type ConfigVolume = "metal-iso" | "nocloud";

/** One machine to be started. */
export interface MachineOrder extends Plugged {
  readonly directory: ClusterDirectory;
  readonly node: string;
  readonly role: NodeRole;
  readonly architecture: Architecture;
  readonly cpus: number;
  readonly memoryMib: number;
  readonly diskBytes: number;
  readonly boot: BootFiles;
  /** Where the machine gets its config: a secret URL, or a volume. Without any it waits for one. */
  readonly config: { readonly url: string } | { readonly volume: ConfigVolume } | undefined;
  readonly place: NodePlace;
}

export interface StartedMachine {
  readonly process: HostProcess;
  /** How it runs, in a few words. */
  readonly runsOn: string;
}

/** Where a machine is. Known before it starts: the configs of others name it. */
export interface NodePlace {
  /** Its own address, as it and other machines see it. */
  readonly address: string;
  /** Where its API is reached from this host, and through which ports. */
  readonly host: string;
  readonly ports: NodePorts;
}

/** A way to run machines on this host. */
export interface Provisioner {
  readonly name: ProvisionerName;
  /** The network that the machines share with the host; undefined where one machine has a network of its own. */
  readonly cidr: string | undefined;
  /** Set where the cluster's server is to give the machines their addresses. */
  readonly subnet?: ClusterSubnet;
  /** A place for a machine that does not run: the one that it had, where that still is to be had. */
  place(taken: readonly NodePlace[], before: NodePlace | undefined): NodePlace;
  /** The host as the machines see it, for the config and image server. */
  readonly hostAddress: string;
  /** Address of the host that the server listens on. */
  readonly serverAddress: string;
  /** Services that cannot run this way, each with the reason. */
  readonly leftOut: ReadonlyMap<string, string>;
  /** What `clean` has to undo once these machines were started, whether or not they were. */
  leavings(nodes: readonly string[]): readonly string[];
  /** Makes ready what the server and the machines need of the host. Repeating it is no error. */
  prepare(): Promise<void>;
  start(order: MachineOrder): Promise<StartedMachine>;
  /** Undoes what machines left behind. Repeating it, or undoing what is gone, is no error. */
  clean(steps: readonly string[]): Promise<void>;
  /** Called when a machine never got as far as /init; says what its next start does differently, if there is one. */
  retry(node: string, fault: "kernel-oops" | "silent"): string | undefined;
}
