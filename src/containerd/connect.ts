import { connect } from "../grpc/client/connect.ts";
import { type Containerd, containerdOver } from "./client.ts";

/** Where the machine's containerd listens. */
export const containerdSocket = "/run/containerd/containerd.sock";

/** The machine's containerd; connected at the first call, and again by itself after containerd was restarted. */
export function connectContainerd(socket = containerdSocket): () => Promise<Containerd> {
  let containerd: Containerd | undefined;
  return async () => {
    containerd ??= containerdOver(connect({ target: { unix: socket } }));
    return containerd;
  };
}
