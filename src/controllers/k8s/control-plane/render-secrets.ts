import { defineController, type ReconcileContext } from "../../../cosi/controller.ts";
import { encodePem, parsePrivateKey } from "../../../pki/index.ts";
import { SecretStatus } from "../../../resources/k8s/secret-status.ts";
import { EtcdRootSecret } from "../../../resources/secrets/etcd-root-secret.ts";
import { EtcdSecret } from "../../../resources/secrets/etcd-secret.ts";
import { KubernetesDynamicCert } from "../../../resources/secrets/kubernetes-dynamic-cert.ts";
import { KubernetesRootSecret } from "../../../resources/secrets/kubernetes-root-secret.ts";
import { KubernetesSecret } from "../../../resources/secrets/kubernetes-secret.ts";
import { pemText } from "../../secrets/pem-pair.ts";
import { ContentVersion } from "./content-version.ts";
import { encryptionConfig } from "./encryption.ts";
import { type ComponentId, places as placesOfMachine, secretOf } from "./places.ts";
import { type Files, type RenderOptions, writePodFiles } from "./pod-files.ts";

interface Secrets {
  readonly root: KubernetesRootSecret;
  readonly kubeconfigs: KubernetesSecret;
  readonly certificates: KubernetesDynamicCert;
  readonly etcdRoot: EtcdRootSecret;
  readonly etcd: EtcdSecret;
}

/**
 * Writes the secrets of the control plane where its pods, each its own, and nobody else can read them. The status counts
 * versions of those that a program reads only when it starts; the rest it reads anew by itself.
 */
export const renderSecretsController = ({ places = placesOfMachine, owners }: RenderOptions = {}) => {
  const readAtStart = new ContentVersion();
  return defineController({
    name: "k8s.RenderSecretsStaticPodController",
    inputs: [
      { kind: KubernetesRootSecret, id: "k8s", strength: "weak" },
      { kind: EtcdRootSecret, id: "etcd", strength: "weak" },
      { kind: KubernetesSecret, id: "k8s-certs", strength: "weak" },
      { kind: KubernetesDynamicCert, id: "k8s-dynamic-certs", strength: "weak" },
      { kind: EtcdSecret, id: "etcd", strength: "weak" },
    ],
    outputs: [{ kind: SecretStatus, sharing: "exclusive" }],
    async reconcile(context) {
      const secrets = await secretsOf(context);
      if (secrets === undefined) return;
      const files: Record<ComponentId, Files> = {
        "kube-apiserver": apiServerFiles(secrets),
        "kube-controller-manager": controllerManagerFiles(secrets),
        "kube-scheduler": { kubeconfig: secrets.kubeconfigs.schedulerKubeconfig },
      };
      for (const id of ["kube-apiserver", "kube-controller-manager", "kube-scheduler"] as const)
        await writePodFiles(secretOf(places, id), id, files[id], owners);
      const version = readAtStart.of(startingSecretsOf(secrets));
      await context.put(SecretStatus, "static-pods", { ready: true, version: String(version) });
    },
  });
};

async function secretsOf(context: ReconcileContext): Promise<Secrets | undefined> {
  const root = (await context.get(KubernetesRootSecret, "k8s"))?.spec;
  const kubeconfigs = (await context.get(KubernetesSecret, "k8s-certs"))?.spec;
  const certificates = (await context.get(KubernetesDynamicCert, "k8s-dynamic-certs"))?.spec;
  const etcdRoot = (await context.get(EtcdRootSecret, "etcd"))?.spec;
  const etcd = (await context.get(EtcdSecret, "etcd"))?.spec;
  if (root === undefined || kubeconfigs === undefined || certificates === undefined) return undefined;
  if (etcdRoot === undefined || etcd === undefined) return undefined;
  return { root, kubeconfigs, certificates, etcdRoot, etcd };
}

const startingSecretsOf = ({ root, kubeconfigs, etcdRoot }: Secrets): string =>
  JSON.stringify([
    encryptionConfig(root),
    ...[root.serviceAccount.key, root.issuingCA.crt, etcdRoot.etcdCA.crt].map(pemText),
    kubeconfigs.controllerManagerKubeconfig,
    kubeconfigs.schedulerKubeconfig,
  ]);

function apiServerFiles({ root, certificates, etcdRoot, etcd }: Secrets): Files {
  const { apiServer, apiServerKubeletClient, frontProxy } = certificates;
  const trusted = root.acceptedCAs.map(({ crt }) => pemText(crt));
  return {
    "etcd-client-ca.crt": etcdRoot.etcdCA.crt,
    "etcd-client.crt": etcd.etcdAPIServer.crt,
    "etcd-client.key": etcd.etcdAPIServer.key,
    "ca.crt": trusted.join(""),
    "apiserver.crt": apiServer.crt,
    "apiserver.key": apiServer.key,
    "apiserver-kubelet-client.crt": apiServerKubeletClient.crt,
    "apiserver-kubelet-client.key": apiServerKubeletClient.key,
    "service-account.pub": publicKeyOf(root),
    "service-account.key": root.serviceAccount.key,
    "aggregator-ca.crt": root.aggregatorCA.crt,
    "front-proxy-client.crt": frontProxy.crt,
    "front-proxy-client.key": frontProxy.key,
    "encryptionconfig.yaml": JSON.stringify(encryptionConfig(root)),
  };
}

const controllerManagerFiles = ({ root, kubeconfigs }: Secrets): Files => ({
  "ca.crt": root.issuingCA.crt,
  "ca.key": root.issuingCA.key,
  "service-account.key": root.serviceAccount.key,
  kubeconfig: kubeconfigs.controllerManagerKubeconfig,
});

function publicKeyOf({ serviceAccount }: KubernetesRootSecret): string {
  const { publicKey } = parsePrivateKey(new TextDecoder().decode(serviceAccount.key));
  return encodePem("PUBLIC KEY", publicKey);
}
