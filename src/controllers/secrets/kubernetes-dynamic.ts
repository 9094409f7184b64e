import { defineController } from "../../cosi/controller.ts";
import { NetworkStatus } from "../../resources/network/network-status.ts";
import { CertSAN } from "../../resources/secrets/cert-san.ts";
import { KubernetesDynamicCert } from "../../resources/secrets/kubernetes-dynamic-cert.ts";
import { KubernetesRootSecret } from "../../resources/secrets/kubernetes-root-secret.ts";
import { TimeStatus } from "../../resources/time/time-status.ts";
import { issue, kubernetesLifetimeMs } from "./certificate.ts";

const id = "k8s-dynamic-certs";

/** Issues the certificates of this machine's API server: the one it serves with, and those it shows to others. */
export const kubernetesDynamicCertsController = ({ now = () => new Date() } = {}) =>
  defineController({
    name: "secrets.KubernetesDynamicCertsController",
    inputs: [
      { kind: KubernetesRootSecret, id: "k8s", strength: "weak" },
      { kind: CertSAN, id: "k8s", strength: "weak" },
      { kind: NetworkStatus, id: "status", strength: "weak" },
      { kind: TimeStatus, id: "node", strength: "weak" },
    ],
    outputs: [{ kind: KubernetesDynamicCert, sharing: "exclusive" }],
    async reconcile(context) {
      const root = (await context.get(KubernetesRootSecret, "k8s"))?.spec;
      if (root === undefined) return;
      const present = (await context.get(KubernetesDynamicCert, id))?.spec;
      if (present !== undefined) context.keep(KubernetesDynamicCert, id);
      const sans = (await context.get(CertSAN, "k8s"))?.spec;
      const network = (await context.get(NetworkStatus, "status"))?.spec;
      const synced = (await context.get(TimeStatus, "node"))?.spec.synced ?? false;
      if (sans === undefined || !synced) return;
      // The names come one by one when a machine starts; a certificate for each step would serve nobody.
      const named = network?.addressReady === true && network.hostnameReady;
      if (present === undefined && !named) return;
      const common = { authority: root.issuingCA, validForMs: kubernetesLifetimeMs, now: now() };
      const apiServer = await issue(present?.apiServer, {
        ...common,
        commonName: "kube-apiserver",
        organizations: ["kube-master"],
        usages: ["serverAuth"],
        alternativeNames: [...sans.dnsNames, ...sans.ips],
      });
      const apiServerKubeletClient = await issue(present?.apiServerKubeletClient, {
        ...common,
        commonName: "apiserver-kubelet-client",
        organizations: ["system:masters"],
        usages: ["clientAuth"],
      });
      const frontProxy = await issue(present?.frontProxy, {
        ...common,
        authority: root.aggregatorCA,
        commonName: "front-proxy-client",
        usages: ["clientAuth"],
      });
      await context.put(KubernetesDynamicCert, id, {
        apiServer: apiServer.pair,
        apiServerKubeletClient: apiServerKubeletClient.pair,
        frontProxy: frontProxy.pair,
      });
      const all = [apiServer, apiServerKubeletClient, frontProxy];
      context.requeueAfter(Math.min(...all.map(({ renewInMs }) => renewInMs)));
    },
  });
