import { defineController } from "../../cosi/controller.ts";
import { CertSAN } from "../../resources/secrets/cert-san.ts";
import { OSRootSecret } from "../../resources/secrets/os-root-secret.ts";
import { TrustdCertificate } from "../../resources/secrets/trustd-certificate.ts";
import { TimeStatus } from "../../resources/time/time-status.ts";
import { apiLifetimeMs, issue } from "./certificate.ts";

/** Issues the certificate that trustd serves with, on machines that can sign for others. */
export const trustdCertificateController = ({ now = () => new Date() } = {}) =>
  defineController({
    name: "secrets.TrustdController",
    inputs: [
      { kind: OSRootSecret, id: "os", strength: "weak" },
      { kind: CertSAN, id: "api", strength: "weak" },
      // When the clock is set, what was valid may be so no more.
      { kind: TimeStatus, id: "node", strength: "weak" },
    ],
    outputs: [{ kind: TrustdCertificate, sharing: "exclusive" }],
    async reconcile(context) {
      const root = (await context.get(OSRootSecret, "os"))?.spec;
      const sans = (await context.get(CertSAN, "api"))?.spec;
      if (root === undefined || sans === undefined || root.issuingCA.key.length === 0) return;
      const present = (await context.get(TrustdCertificate, "trustd"))?.spec;
      const server = await issue(present?.server, {
        authority: root.issuingCA,
        commonName: sans.fqdn,
        usages: ["serverAuth"],
        alternativeNames: [...sans.dnsNames, ...sans.ips],
        validForMs: apiLifetimeMs,
        now: now(),
      });
      await context.put(TrustdCertificate, "trustd", { acceptedCAs: root.acceptedCAs, server: server.pair });
      context.requeueAfter(server.renewInMs);
    },
  });
