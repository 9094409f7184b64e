import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { Notice } from "../../async/notice.ts";
import { defineController } from "../../cosi/controller.ts";
import { directoryChanges } from "../../files/directory-changes.ts";
import { KubeletKubeconfig } from "../../resources/k8s/kubelet-kubeconfig.ts";
import { Service } from "../../resources/v1alpha1/service.ts";
import { readAccess } from "../kubelet-access.ts";
import { kubeletFiles } from "../kubelet-files.ts";

export interface KubeletKubeconfigOptions {
  readonly path?: string;
  /** Where its certificate is, which the kubelet renews. */
  readonly pki?: string;
}

/** Says when the kubelet has got its way to the API server, and when that changes. */
export const kubeletKubeconfigController = ({
  path = kubeletFiles.kubeconfig,
  pki = kubeletFiles.pki,
}: KubeletKubeconfigOptions = {}) => {
  // The kubelet starts after the volumes have been mounted: what was watched before may be hidden since.
  const remounted = new Notice();
  let seen = "";
  return defineController({
    name: "k8s.KubeletKubeconfigController",
    inputs: [{ kind: Service, id: "kubelet", strength: "weak" }],
    outputs: [{ kind: KubeletKubeconfig, sharing: "exclusive" }],
    wakeOn: (signal) => directoryChanges([dirname(path), pki], signal, remounted),
    async reconcile(context) {
      const { created, version } = (await context.get(Service, "kubelet"))?.metadata ?? {};
      const service = `${created?.getTime()} ${version}`;
      if (service !== seen) remounted.post();
      seen = service;
      const access = await readAccess(path);
      if (access === undefined) return;
      const hash = createHash("sha256").update(JSON.stringify(access)).digest("hex");
      await context.put(KubeletKubeconfig, "kubelet", { hash });
    },
  });
};
