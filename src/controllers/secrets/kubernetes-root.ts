import { fromBase64 } from "../../bytes/base64.ts";
import type { MachineConfig } from "../../config/index.ts";
import { defineController } from "../../cosi/controller.ts";
import { addressFromBytes, addressToBytes } from "../../net/address.ts";
import { KubernetesRootSecret } from "../../resources/secrets/kubernetes-root-secret.ts";
import { activeConfig, activeConfigInput, isControlPlane } from "../active-config.ts";
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
    certSANs: cluster.apiServer.certSANs.filter((name) => name !== undefined),
    apiServerIPs: cluster.network.serviceSubnets.map(firstAddressOf),
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

/** The API server's own address among the services': the first after the network's. `10.96.0.0/12` → `10.96.0.1`. */
export function firstAddressOf(prefix: string): string {
  const bytes = addressToBytes(prefix.replace(/\/.*/, ""));
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) + 1;
  return addressFromBytes(bytes);
}
