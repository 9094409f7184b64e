import { defineController } from "../../cosi/controller.ts";
import { generatePrivateKey, type LeafOptions, parsePrivateKey, signPublicKey } from "../../pki/index.ts";
import { MaintenanceServiceRequest } from "../../resources/runtime/maintenance-service-request.ts";
import { CertSAN } from "../../resources/secrets/cert-san.ts";
import { MaintenanceRootSecret } from "../../resources/secrets/maintenance-root-secret.ts";
import { MaintenanceServiceCertificate } from "../../resources/secrets/maintenance-service-certificate.ts";
import { TimeStatus } from "../../resources/time/time-status.ts";
import { apiLifetimeMs, isFor, renewalOf, signedByOneOf } from "./certificate.ts";
import { identityOf, type PemPair, pairOf } from "./pem-pair.ts";

/**
 * Issues what the API shows while the machine waits for its config. The key stays the same whatever the certificate
 * says: its fingerprint is on the console, and whoever has written it down must find the machine by it.
 */
export const maintenanceController = ({ now = () => new Date() } = {}) =>
  defineController({
    name: "secrets.MaintenanceController",
    inputs: [
      { kind: MaintenanceServiceRequest, id: "maintenance", strength: "weak" },
      { kind: MaintenanceRootSecret, id: "maintenance", strength: "weak" },
      { kind: CertSAN, id: "maintenance", strength: "weak" },
      // When the clock is set, what was valid may be so no more.
      { kind: TimeStatus, id: "node", strength: "weak" },
    ],
    outputs: [{ kind: MaintenanceServiceCertificate, sharing: "exclusive" }],
    async reconcile(context) {
      const request = await context.get(MaintenanceServiceRequest, "maintenance");
      const root = (await context.get(MaintenanceRootSecret, "maintenance"))?.spec;
      const sans = (await context.get(CertSAN, "maintenance"))?.spec;
      if (request === undefined || root === undefined || sans === undefined) return;
      const wanted: LeafOptions = {
        commonName: sans.fqdn,
        usages: ["serverAuth"],
        alternativeNames: [...sans.dnsNames, ...sans.ips],
        validForMs: apiLifetimeMs,
        now,
      };
      const present = (await context.get(MaintenanceServiceCertificate, "maintenance"))?.spec.server;
      const server = await current(present, root.ca, wanted, now());
      // Whoever may read this signs nothing: the authority's key is left out.
      const ca = { crt: root.ca.crt, key: new Uint8Array() };
      await context.put(MaintenanceServiceCertificate, "maintenance", { ca, server });
      context.requeueAfter(renewalOf(server, now()));
    },
  });

async function current(
  present: PemPair | undefined,
  authority: PemPair,
  wanted: LeafOptions,
  now: Date,
): Promise<PemPair> {
  const good = present !== undefined && isFor(present, wanted) && signedByOneOf(present, [authority]);
  if (good && renewalOf(present, now) > 0) return present;
  const key = present === undefined ? await generatePrivateKey("ed25519") : parsePrivateKey(identityOf(present).key);
  return pairOf({ certificate: signPublicKey(identityOf(authority), key.publicKey, wanted), key: key.pem });
}
