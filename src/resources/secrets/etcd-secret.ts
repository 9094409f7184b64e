import { defineResource } from "../define.ts";
import { certificateAndKey } from "../fields/index.ts";

/** Certificates of etcd's member and clients. */
export const EtcdSecret = defineResource({
  type: "EtcdSecrets.secrets.talos.dev",
  namespace: "secrets",
  sensitive: true,
  spec: {
    etcd: certificateAndKey(1),
    etcdPeer: certificateAndKey(2),
    etcdAdmin: certificateAndKey(3),
    etcdAPIServer: certificateAndKey(4),
  },
});

export type EtcdSecret = typeof EtcdSecret.Type;
