import { defineController } from "../../cosi/controller.ts";
import { HostnameStatus } from "../../resources/network/hostname-status.ts";
import { NodeAddress } from "../../resources/network/node-address.ts";
import { EtcdRootSecret } from "../../resources/secrets/etcd-root-secret.ts";
import { EtcdSecret } from "../../resources/secrets/etcd-secret.ts";
import { TimeStatus } from "../../resources/time/time-status.ts";
import { issue } from "./certificate.ts";
import { addressOf, fullNameOf, unique } from "./names.ts";

/** As long as the authority's own: etcd reads its files anew only for new connections, and nobody renews in time. */
const lifetimeMs = 87_600 * 3_600_000;

/** Issues the certificates of this machine's etcd member and of those who talk to it. */
export const etcdCertificatesController = ({ now = () => new Date() } = {}) =>
  defineController({
    name: "secrets.EtcdController",
    inputs: [
      { kind: EtcdRootSecret, id: "etcd", strength: "weak" },
      { kind: HostnameStatus, id: "hostname", strength: "weak" },
      { kind: NodeAddress, id: "accumulative-no-k8s", strength: "weak" },
      // When the clock is set, what was valid may be so no more.
      { kind: TimeStatus, id: "node", strength: "weak" },
    ],
    outputs: [{ kind: EtcdSecret, sharing: "exclusive" }],
    async reconcile(context) {
      const authority = (await context.get(EtcdRootSecret, "etcd"))?.spec.etcdCA;
      const hostname = (await context.get(HostnameStatus, "hostname"))?.spec;
      const addresses = (await context.get(NodeAddress, "accumulative-no-k8s"))?.spec.addresses;
      if (authority === undefined || hostname === undefined || addresses === undefined) return;
      const present = (await context.get(EtcdSecret, "etcd"))?.spec;
      const common = { authority, validForMs: lifetimeMs, now: now() };
      const member = {
        ...common,
        commonName: hostname.hostname,
        usages: ["serverAuth", "clientAuth"] as const,
        alternativeNames: unique([
          "localhost",
          hostname.hostname,
          fullNameOf(hostname),
          "127.0.0.1",
          "::1",
          ...addresses.map(addressOf),
        ]),
      };
      const client = (commonName: string) => ({ ...common, commonName, usages: ["clientAuth"] as const });
      const certificates = {
        etcd: await issue(present?.etcd, member),
        etcdPeer: await issue(present?.etcdPeer, member),
        etcdAdmin: await issue(present?.etcdAdmin, client("talos")),
        etcdAPIServer: await issue(present?.etcdAPIServer, client("kube-apiserver")),
      };
      await context.put(EtcdSecret, "etcd", {
        etcd: certificates.etcd.pair,
        etcdPeer: certificates.etcdPeer.pair,
        etcdAdmin: certificates.etcdAdmin.pair,
        etcdAPIServer: certificates.etcdAPIServer.pair,
      });
      context.requeueAfter(Math.min(...Object.values(certificates).map((certificate) => certificate.renewInMs)));
    },
  });
