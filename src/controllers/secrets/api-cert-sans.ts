import { defineController } from "../../cosi/controller.ts";
import { HostnameStatus } from "../../resources/network/hostname-status.ts";
import { NodeAddress } from "../../resources/network/node-address.ts";
import { CertSAN } from "../../resources/secrets/cert-san.ts";
import { OSRootSecret } from "../../resources/secrets/os-root-secret.ts";
import { addressOf, canonicalAddress, fullNameOf, unique } from "./names.ts";

/** Collects the names and addresses under which the machine's API is reached. */
export const apiCertSansController = () =>
  defineController({
    name: "secrets.APICertSANsController",
    inputs: [
      { kind: OSRootSecret, id: "os", strength: "weak" },
      { kind: HostnameStatus, id: "hostname", strength: "weak" },
      // Every address since boot: one that a client still knows must not become invalid because it went for a moment.
      { kind: NodeAddress, id: "accumulative-no-k8s", strength: "weak" },
    ],
    outputs: [{ kind: CertSAN, sharing: "shared" }],
    async reconcile(context) {
      const root = (await context.get(OSRootSecret, "os"))?.spec;
      const hostname = (await context.get(HostnameStatus, "hostname"))?.spec;
      const addresses = (await context.get(NodeAddress, "accumulative-no-k8s"))?.spec.addresses;
      if (root === undefined || hostname === undefined || addresses === undefined) return;
      const fqdn = fullNameOf(hostname);
      await context.put(CertSAN, "api", {
        ips: unique(["127.0.0.1", "::1", ...addresses.map(addressOf), ...root.certSANIPs].map(canonicalAddress)),
        dnsNames: unique([hostname.hostname, fqdn, ...root.certSANDNSNames]),
        fqdn,
      });
    },
  });
