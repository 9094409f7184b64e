import { rm } from "node:fs/promises";
import { toYaml } from "../../config/yaml-text.ts";
import { authoritiesOf, bootstrapAccess } from "../../controllers/kubelet-access.ts";
import { type KubeletFiles, kubeletFiles } from "../../controllers/kubelet-files.ts";
import { durableWrite } from "../../files/durable-write.ts";
import { kubeconfigOf } from "../../kube/kubeconfig.ts";
import type { KubeletSpec } from "../../resources/k8s/kubelet-spec.ts";
import type { KubeletSecret } from "../../resources/secrets/kubelet-secret.ts";

const ownerReads = 0o400;

/** Writes what the kubelet is to read: its configuration, how to join its cluster, and whose calls to answer. */
export async function writeKubeletFiles(
  spec: KubeletSpec,
  secret: KubeletSecret,
  files: KubeletFiles = kubeletFiles,
): Promise<void> {
  const { credentialProviderConfig } = spec;
  await Promise.all([
    durableWrite(files.config, toYaml(spec.config)),
    durableWrite(files.bootstrapKubeconfig, bootstrapKubeconfig(secret)),
    durableWrite(files.clientAuthorities, authoritiesOf(secret), ownerReads),
    credentialProviderConfig === undefined
      ? rm(files.credentialProviders, { force: true })
      : durableWrite(files.credentialProviders, toYaml(credentialProviderConfig)),
  ]);
}

const bootstrapKubeconfig = (secret: KubeletSecret): string =>
  kubeconfigOf(bootstrapAccess(secret), { cluster: "local", user: "kubelet", context: "kubelet@local" });
