import { defineController } from "../../../cosi/controller.ts";
import { BootstrapManifestsConfig } from "../../../resources/k8s/bootstrap-manifests-config.ts";
import { Manifest } from "../../../resources/k8s/manifest.ts";
import { KubernetesRootSecret } from "../../../resources/secrets/kubernetes-root-secret.ts";
import { keepOnly } from "./keep-only.ts";
import { renderManifests } from "./render.ts";

const name = "k8s.ManifestController";

/** Writes the manifests of the cluster's own parts. */
export const manifestController = () =>
  defineController({
    name,
    inputs: [
      { kind: BootstrapManifestsConfig, id: "manifests", strength: "weak" },
      { kind: KubernetesRootSecret, id: "k8s", strength: "weak" },
    ],
    outputs: [{ kind: Manifest, sharing: "shared" }],
    async reconcile(context) {
      const config = (await context.get(BootstrapManifestsConfig, "manifests"))?.spec;
      const secrets = (await context.get(KubernetesRootSecret, "k8s"))?.spec;
      const manifests = config === undefined || secrets === undefined ? [] : renderManifests(config, secrets);
      for (const { id, objects } of manifests) await context.put(Manifest, id, objects);
      await keepOnly(context, name, new Set(manifests.map(({ id }) => id)));
    },
  });
