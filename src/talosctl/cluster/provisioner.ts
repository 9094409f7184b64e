import type { BootFiles } from "./artifacts.ts";
import type { ClusterDirectory } from "./directory.ts";
import type { HostProcess } from "./host-process.ts";
import type { Architecture, NodePorts, ProvisionerName } from "./state.ts";

/** One machine to be started. */
export interface MachineOrder {
  readonly directory: ClusterDirectory;
  readonly node: string;
  readonly architecture: Architecture;
  readonly cpus: number;
  readonly memoryMib: number;
  readonly diskBytes: number;
  readonly boot: BootFiles;
  /** Where the machine gets its config: a secret URL, or a volume of that label. Without any it waits for one. */
  readonly config: { readonly url: string } | { readonly volume: string } | undefined;
  readonly ports: NodePorts;
}

export interface StartedMachine {
  readonly process: HostProcess;
  /** How it runs, in a few words. */
  readonly runsOn: string;
  /** What destroying it has to undo besides ending the process, as the provisioner's `clean` understands it. */
  readonly cleanup?: readonly string[];
}

/** A way to run machines on this host. */
export interface Provisioner {
  readonly name: ProvisionerName;
  /** The machine's own address. */
  readonly nodeAddress: string;
  /** Where the machine's API is reached from the host, and through which ports. */
  readonly apiHost: string;
  choosePorts(before: NodePorts | undefined): NodePorts;
  /** The host as the machine sees it, for the config and image server. */
  readonly hostAddress: string;
  /** Address of the host that the server listens on. */
  readonly serverAddress: string;
  /** Services that cannot run this way, each with the reason. */
  readonly leftOut: ReadonlyMap<string, string>;
  /** Makes ready what the server and the machines need of the host; returns what `clean` has to undo. */
  prepare(): Promise<readonly string[]>;
  start(order: MachineOrder): Promise<StartedMachine>;
  /** Undoes what a machine left behind. Repeating it, or undoing what is gone, is no error. */
  clean(steps: readonly string[]): Promise<void>;
  /** Called when a machine never got as far as /init; says what the next start does differently, if there is one. */
  retry(fault: "kernel-oops" | "silent"): string | undefined;
}
