import { fromBase64 } from "../../bytes/base64.ts";
import { type MachineConfig, sharedAddresses } from "../../config/index.ts";
import { defineController } from "../../cosi/controller.ts";
import { KubernetesRootSecret } from "../../resources/secrets/kubernetes-root-secret.ts";
import { activeConfig, activeConfigInput, isControlPlane } from "../active-config.ts";
import { apiServerAddressOf } from "../k8s/service-addresses.ts";
import { pairFromConfig } from "./pem-pair.ts";

/** Takes Kubernetes' authorities, keys and tokens from the configuration; only the control plane has them all. */
export const kubernetesRootController = () =>
  defineController({
    name: "secrets.RootKubernetesController",
    inputs: [activeConfigInput],
    outputs: [{ kind: KubernetesRootSecret, sharing: "exclusive" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      if (config === undefined || !isControlPlane(config) || config.cluster.ca === undefined) return;
      await context.put(KubernetesRootSecret, "k8s", rootOf(config, pairFromConfig(config.cluster.ca)));
    },
  });

function rootOf(config: MachineConfig, issuingCA: KubernetesRootSecret["issuingCA"]): KubernetesRootSecret {
  const { cluster, machine } = config;
  const { kubePrism } = machine.features;
  const { endpoint = "", localAPIServerPort } = cluster.controlPlane;
  const [bootstrapTokenID = "", bootstrapTokenSecret = ""] = (cluster.token ?? "").split(".");
  return {
    name: cluster.clusterName ?? "",
    endpoint,
    // Programs of this machine have a way of their own, which works before the cluster's does.
    local_endpoint: kubePrism.enabled
      ? `https://127.0.0.1:${kubePrism.port}`
      : `https://localhost:${localAPIServerPort}`,
    certSANs: [...cluster.apiServer.certSANs.filter((name) => name !== undefined), ...sharedAddresses(config)],
    apiServerIPs: cluster.network.serviceSubnets.map(apiServerAddressOf),
    dnsDomain: cluster.network.dnsDomain,
    issuingCA,
    // Whoever the issuing authority vouches for is trusted too.
    acceptedCAs: [...cluster.acceptedCAs.map(({ crt }) => ({ crt: fromBase64(crt ?? "") })), { crt: issuingCA.crt }],
    serviceAccount: { key: fromBase64(cluster.serviceAccount?.key ?? "") },
    aggregatorCA: pairFromConfig(cluster.aggregatorCA ?? {}),
    aesCBCEncryptionSecret: cluster.aescbcEncryptionSecret ?? "",
    bootstrapTokenID,
    bootstrapTokenSecret,
    secretboxEncryptionSecret: cluster.secretboxEncryptionSecret ?? "",
  };
}
