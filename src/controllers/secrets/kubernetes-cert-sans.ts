import { isIP } from "node:net";
import { defineController } from "../../cosi/controller.ts";
import { HostnameStatus } from "../../resources/network/hostname-status.ts";
import { NodeAddress } from "../../resources/network/node-address.ts";
import { CertSAN } from "../../resources/secrets/cert-san.ts";
import { KubernetesRootSecret } from "../../resources/secrets/kubernetes-root-secret.ts";
import { addressOf, canonicalAddress, fullNameOf, unique } from "./names.ts";

/** Collects the names and addresses under which this machine's Kubernetes API server is reached. */
export const kubernetesCertSansController = () =>
  defineController({
    name: "secrets.KubernetesCertSANsController",
    inputs: [
      { kind: KubernetesRootSecret, id: "k8s", strength: "weak" },
      { kind: HostnameStatus, id: "hostname", strength: "weak" },
      { kind: NodeAddress, id: "accumulative-no-k8s", strength: "weak" },
    ],
    outputs: [{ kind: CertSAN, sharing: "shared" }],
    async reconcile(context) {
      const root = (await context.get(KubernetesRootSecret, "k8s"))?.spec;
      const hostname = (await context.get(HostnameStatus, "hostname"))?.spec;
      const addresses = (await context.get(NodeAddress, "accumulative-no-k8s"))?.spec.addresses;
      if (root === undefined) return context.destroy(CertSAN, "k8s");
      if (hostname === undefined || addresses === undefined) return;
      const service = ["kubernetes", "kubernetes.default", "kubernetes.default.svc"];
      const endpoint = URL.parse(root.endpoint)?.hostname.replace(/^\[(.*)\]$/, "$1") ?? "";
      const given = [endpoint, ...root.certSANs].filter((name) => name !== "");
      const names = [...service, `kubernetes.default.svc.${root.dnsDomain}`, "localhost", hostname.hostname];
      const ips = [...root.apiServerIPs, ...addresses.map(addressOf), "127.0.0.1", ...given.filter(isAddress)];
      await context.put(CertSAN, "k8s", {
        ips: unique(ips.map(canonicalAddress)).toSorted(),
        dnsNames: unique([...names, fullNameOf(hostname), ...given.filter((name) => !isAddress(name))]).toSorted(),
        fqdn: "",
      });
    },
  });

const isAddress = (name: string): boolean => isIP(name) !== 0;
