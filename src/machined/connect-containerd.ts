import { type Containerd, containerdOver } from "../containerd/client.ts";
import { connect } from "../grpc/client/connect.ts";

const SOCKET = "/run/containerd/containerd.sock";

/** The machine's containerd: one client for all, connected on first use and again after it broke. */
export function containerdConnector(): () => Promise<Containerd> {
  let client: Containerd | undefined;
  return async () => {
    client ??= containerdOver(connect({ target: { unix: SOCKET, peer: "grpc-go" } }));
    return client;
  };
}
