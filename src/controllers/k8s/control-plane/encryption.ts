import type { Document } from "../../../resources/fields/struct.ts";
import type { KubernetesRootSecret } from "../../../resources/secrets/kubernetes-root-secret.ts";

/** Keys, 32 bytes in base64; empty for none. */
type Keys = Pick<KubernetesRootSecret, "secretboxEncryptionSecret" | "aesCBCEncryptionSecret">;

/**
 * How Kubernetes' secrets are written to etcd: by the first provider. The others read what was written before, which
 * is how a cluster goes from one key to the next.
 */
export const encryptionConfig = ({ secretboxEncryptionSecret, aesCBCEncryptionSecret }: Keys): Document => ({
  apiVersion: "apiserver.config.k8s.io/v1",
  kind: "EncryptionConfiguration",
  resources: [
    {
      resources: ["secrets"],
      providers: [
        ...provider("secretbox", "key2", secretboxEncryptionSecret),
        ...provider("aescbc", "key1", aesCBCEncryptionSecret),
        { identity: {} },
      ],
    },
  ],
});

// Kept with what is encrypted: another name, and nothing could be read any more.
const provider = (kind: string, name: string, secret: string): Document[] =>
  secret === "" ? [] : [{ [kind]: { keys: [{ name, secret }] } }];
