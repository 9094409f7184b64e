import { defineResource } from "../define.ts";
import { certificateAndKey } from "../fields/index.ts";

/** The certificate authority of etcd. */
export const EtcdRootSecret = defineResource({
  type: "EtcdRootSecrets.secrets.talos.dev",
  namespace: "secrets",
  sensitive: true,
  spec: {
    etcdCA: certificateAndKey(1),
  },
});

export type EtcdRootSecret = typeof EtcdRootSecret.Type;
