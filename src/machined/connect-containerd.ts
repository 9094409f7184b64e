import { type Containerd, containerdOver } from "../containerd/client.ts";
import { connect } from "../grpc/client/connect.ts";
import { containerdSocket } from "../well-known.ts";

/** The machine's containerd: one client for all, connected on first use and again after it broke. */
export function containerdConnector(): () => Promise<Containerd> {
  let client: Containerd | undefined;
  return async () => {
    client ??= containerdOver(connect({ target: { unix: containerdSocket, peer: "grpc-go" } }));
    return client;
  };
}
