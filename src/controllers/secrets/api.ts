import { defineController } from "../../cosi/controller.ts";
import { ApiCertificate } from "../../resources/secrets/api-certificate.ts";
import { CertSAN } from "../../resources/secrets/cert-san.ts";
import { OSRootSecret } from "../../resources/secrets/os-root-secret.ts";
import { issue } from "./certificate.ts";

/** Short, as nothing can revoke them. */
const lifetimeMs = 24 * 3_600_000;

/**
 * Issues apid's certificates: one to serve with, and one by which it speaks for its callers to other machines.
 * Only where the authority's key is: workers have theirs signed by a control plane machine.
 */
export const apiCertificatesController = ({ now = () => new Date() } = {}) =>
  defineController({
    name: "secrets.APIController",
    inputs: [
      { kind: OSRootSecret, id: "os", strength: "weak" },
      { kind: CertSAN, id: "api", strength: "weak" },
    ],
    outputs: [{ kind: ApiCertificate, sharing: "exclusive" }],
    async reconcile(context) {
      const root = (await context.get(OSRootSecret, "os"))?.spec;
      const sans = (await context.get(CertSAN, "api"))?.spec;
      if (root === undefined || sans === undefined || root.issuingCA.key.length === 0) return;
      const present = (await context.get(ApiCertificate, "api"))?.spec;
      const common = { authority: root.issuingCA, validForMs: lifetimeMs, now: now() };
      const server = await issue(present?.server, {
        ...common,
        commonName: sans.fqdn,
        usages: ["serverAuth"],
        alternativeNames: [...sans.dnsNames, ...sans.ips],
      });
      const client = await issue(present?.client, {
        ...common,
        organizations: ["os:impersonator"],
        usages: ["clientAuth"],
      });
      await context.put(ApiCertificate, "api", {
        acceptedCAs: root.acceptedCAs,
        server: server.pair,
        client: client.pair,
      });
      context.requeueAfter(Math.min(server.renewInMs, client.renewInMs));
    },
  });
