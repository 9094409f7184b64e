import { defineController, type ReconcileContext } from "../../cosi/controller.ts";
import { parseCertificate } from "../../pki/index.ts";
import { Endpoint } from "../../resources/k8s/endpoint.ts";
import { ApiCertificate } from "../../resources/secrets/api-certificate.ts";
import { CertSAN } from "../../resources/secrets/cert-san.ts";
import { OSRootSecret } from "../../resources/secrets/os-root-secret.ts";
import { TimeStatus } from "../../resources/time/time-status.ts";
import { trustdProgram } from "../../well-known.ts";
import { apiLifetimeMs, isFor, issue, renewalOf, signedByOneOf } from "./certificate.ts";
import { type PemPair, pemText } from "./pem-pair.ts";
import { signedByTrustd } from "./signed-by-trustd.ts";

export interface ApiCertificatesOptions {
  readonly now?: () => Date;
  /** Where control planes sign for workers. */
  readonly trustdPort?: number;
}

/** However near the end of a certificate seems. */
const leastRenewalMs = 60_000;

const noPair = { crt: new Uint8Array(), key: new Uint8Array() };

/**
 * Gets apid's certificates: one to serve with, and, where the authority's key is, one by which it speaks for its
 * callers to other machines. A worker has only the first, and a control plane machine signs it.
 */
export const apiCertificatesController = ({
  now = () => new Date(),
  trustdPort = trustdProgram.port,
}: ApiCertificatesOptions = {}) =>
  defineController({
    name: "secrets.APIController",
    inputs: [
      { kind: OSRootSecret, id: "os", strength: "weak" },
      { kind: CertSAN, id: "api", strength: "weak" },
      { kind: Endpoint, strength: "weak" },
      // When the clock is set, what was valid may be so no more.
      { kind: TimeStatus, id: "node", strength: "weak" },
    ],
    outputs: [{ kind: ApiCertificate, sharing: "exclusive" }],
    async reconcile(context) {
      const root = (await context.get(OSRootSecret, "os"))?.spec;
      const sans = (await context.get(CertSAN, "api"))?.spec;
      if (root === undefined || sans === undefined) return;
      const present = (await context.get(ApiCertificate, "api"))?.spec;
      const wanted: Wanted = {
        commonName: sans.fqdn,
        usages: ["serverAuth"],
        alternativeNames: [...sans.dnsNames, ...sans.ips],
      };
      if (root.issuingCA.key.length > 0) await signHere(context, { root, present, wanted, now: now() });
      else await haveSigned(context, { root, present, wanted, now: now(), port: trustdPort });
    },
  });

interface Wanted {
  readonly commonName: string;
  readonly usages: readonly ["serverAuth"];
  readonly alternativeNames: readonly string[];
}

interface Order {
  readonly root: OSRootSecret;
  readonly present: ApiCertificate | undefined;
  readonly wanted: Wanted;
  readonly now: Date;
}

async function signHere(context: ReconcileContext, { root, present, wanted, now }: Order): Promise<void> {
  const common = { authority: root.issuingCA, validForMs: apiLifetimeMs, now };
  const server = await issue(present?.server, { ...common, ...wanted });
  const client = await issue(present?.client.crt.length === 0 ? undefined : present?.client, {
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
}

async function haveSigned(
  context: ReconcileContext,
  { root, present, wanted, now, port }: Order & { readonly port: number },
): Promise<void> {
  const { acceptedCAs, token } = root;
  const fits = present !== undefined && isFor(present.server, wanted) && signedByOneOf(present.server, acceptedCAs);
  const renewInMs = fits ? renewalOf(present.server, now) : 0;
  if (fits && renewInMs > 0) {
    await context.put(ApiCertificate, "api", { ...present, acceptedCAs, client: noPair });
    return context.requeueAfter(renewInMs);
  }
  // What there is serves until there is better: a control plane may take its time.
  if (present !== undefined) context.keep(ApiCertificate, "api");
  const endpoints = (await context.list(Endpoint)).flatMap(({ spec }) => spec.addresses);
  const synced = (await context.get(TimeStatus, "node"))?.spec.synced ?? false;
  if (endpoints.length === 0 || !synced) return;
  const server = await signedByTrustd({
    endpoints: [...new Set(endpoints)],
    port,
    token,
    authorities: acceptedCAs.map(({ crt }) => pemText(crt)),
    ...wanted,
    signal: context.signal,
  });
  await context.put(ApiCertificate, "api", { acceptedCAs, server, client: noPair });
  tellOfClocks(context, server, now);
  // A clock that is far off makes every certificate look as if it had to be renewed.
  context.requeueAfter(Math.max(renewalOf(server, now), leastRenewalMs));
}

/** The certificate serves all the same: clients look at their own clocks, and the API may be what mends this one. */
function tellOfClocks(context: ReconcileContext, pair: PemPair, now: Date): void {
  const { notBefore, notAfter } = parseCertificate(new TextDecoder().decode(pair.crt));
  if (now >= notBefore && now <= notAfter) return;
  const [from, to] = [notBefore.toISOString(), notAfter.toISOString()];
  context.log(
    "warn",
    `the clock is not the control plane's: it says ${now.toISOString()}, and what was signed just now holds` +
      ` from ${from} to ${to}. Compare machine.time of both, and talosctl get timestatus`,
  );
}
