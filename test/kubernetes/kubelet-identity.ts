import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { issue } from "../../src/controllers/secrets/certificate.ts";
import { identityOf } from "../../src/controllers/secrets/pem-pair.ts";
import { accessOf, kubeconfigOf } from "../../src/kube/kubeconfig.ts";
import { KubernetesRootSecret } from "../../src/resources/secrets/kubernetes-root-secret.ts";
import type { ControlPlane } from "../support/control-plane.ts";

/** Writes the kubeconfig that a kubelet has once it has been let in, and returns its path. */
export async function kubeletKubeconfig(plane: ControlPlane, node: string): Promise<string> {
  const { issuingCA } = (await plane.machine.eventually(KubernetesRootSecret, "k8s")).spec;
  const { pair } = await issue(undefined, {
    authority: issuingCA,
    commonName: `system:node:${node}`,
    organizations: ["system:nodes"],
    usages: ["clientAuth"],
    validForMs: 3_600_000,
    now: new Date(),
  });
  const { server, ca } = accessOf(plane.kubeconfig);
  const path = join(plane.directory, `kubelet-${node}`);
  const text = kubeconfigOf({ server, ca, ...identityOf(pair) }, { cluster: "rig", user: node });
  await writeFile(path, text, { mode: 0o600 });
  return path;
}
