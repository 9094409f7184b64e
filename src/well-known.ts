/** What our programs, and those that call them, must agree on: sockets, ports and users. Facts of the system, said once. */

/** A program of ours that runs without privileges, beside PID 1. */
export interface UnprivilegedProgram {
  /** User and group id; all it owns is its socket. */
  readonly uid: number;
  /** TCP port on every node. */
  readonly port: number;
  /** Where machined shows it the few resources that it runs on. */
  readonly stateSocket: string;
}

export const apidProgram: UnprivilegedProgram = {
  uid: 50,
  port: 50_000,
  stateSocket: "/system/run/apid/runtime.sock",
};

export const trustdProgram: UnprivilegedProgram = {
  uid: 51,
  port: 50_001,
  stateSocket: "/system/run/trustd/runtime.sock",
};

/** machined's whole API. Only apid may open it: whoever can is believed about the caller's roles. */
export const machineSocket = "/system/run/machined/machine.sock";

/** What etcd's service says of itself while its data directory is empty; `cluster create` makes the call then. */
export const awaitsBootstrap = "Waiting for the bootstrap call (talosctl bootstrap)";

/** The one containerd: machined's client, the kubelet's runtime. */
export const containerdSocket = "/run/containerd/containerd.sock";

/** What the kubelet asks of control groups before it starts; `cluster create` looks whether the host has them. */
export const kubeletControllers = ["cpu", "cpuset", "memory", "pids"] as const;
