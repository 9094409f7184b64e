import { expect, test } from "bun:test";
import fc from "fast-check";
import { Failure } from "../errors/failure.ts";
import { isSignedBy, parseCertificate, parseCertificates } from "./certificate.ts";
import { encodePem } from "./pem.ts";
import { type KeyAlgorithm, parsePrivateKey } from "./private-key.ts";
import { createCertificateAuthority, signCertificate } from "./sign-certificate.ts";
import { openssl } from "./testing/openssl.ts";

const now = () => new Date("2026-03-01T12:00:00.000Z");
const authority = await createCertificateAuthority({ algorithm: "ed25519", organizations: ["talos"], now });
const algorithms: readonly KeyAlgorithm[] = ["ed25519", "ecdsa-p256"];

test.each(algorithms)("a leaf of a %s authority is what openssl says it is", async (algorithm) => {
  const issuer = await createCertificateAuthority({ algorithm, organizations: ["talos"], now });
  const leaf = await signCertificate(issuer, {
    commonName: "node-1",
    organizations: ["os:reader", "os:admin"],
    usages: ["serverAuth"],
    alternativeNames: ["node-1.example.org", "10.0.2.15", "fd00::1", "::ffff:192.0.2.1", "10.0.2.15"],
    validForMs: 86_400_000,
    now,
  });
  const epoch = String(now().getTime() / 1000);
  const files = { "ca.pem": issuer.certificate, "leaf.pem": leaf.certificate };
  const verified = await openssl(["verify", "-x509_strict", "-attime", epoch, "-CAfile", "ca.pem", "leaf.pem"], files);
  expect(verified).toContain("leaf.pem: OK");

  const text = await openssl(["x509", "-in", "leaf.pem", "-noout", "-text", "-nameopt", "RFC2253"], files);
  expect(text).toContain("Subject: CN=node-1,O=os:reader+O=os:admin");
  expect(text).toContain("Not After : Mar  2 12:00:00 2026 GMT");
  expect(text).toContain("TLS Web Server Authentication");
  expect(text).not.toContain("TLS Web Client Authentication");
  expect(text).toContain(
    "DNS:node-1.example.org, IP Address:10.0.2.15, IP Address:FD00:0:0:0:0:0:0:1, IP Address:0:0:0:0:0:FFFF:C000:201",
  );

  const certificate = parseCertificate(leaf.certificate);
  expect(certificate.subject).toEqual({ commonName: "node-1", organizations: ["os:admin", "os:reader"] });
  expect(certificate.alternativeNames).toEqual(["node-1.example.org", "10.0.2.15", "fd00::1", "::ffff:c000:201"]);
  expect(certificate.notBefore).toEqual(now());
  expect(isSignedBy(certificate, parseCertificate(issuer.certificate))).toBe(true);
  expect(isSignedBy(certificate, parseCertificate(authority.certificate))).toBe(false);
});

test("an authority says so, lives ten years, and leaves carry its identifier", async () => {
  const root = parseCertificate(authority.certificate);
  expect(root.isAuthority).toBe(true);
  expect(root.notAfter.getTime() - root.notBefore.getTime()).toBe(87_600 * 3_600_000);
  expect(root.issuer).toEqual(root.subject);
  const leaf = await signCertificate(authority, { usages: ["clientAuth"], validForMs: 1_000, now });
  const certificate = parseCertificate(leaf.certificate);
  expect(certificate.isAuthority).toBe(false);
  expect(certificate.usages).toEqual(["clientAuth"]);
  expect(certificate.authorityKeyId).toEqual(root.subjectKeyId);
});

test("validity can start in the past without ending sooner", async () => {
  const options = { usages: ["clientAuth"], validForMs: 60_000, backdateMs: 5_000, now } as const;
  const { notBefore, notAfter } = parseCertificate((await signCertificate(authority, options)).certificate);
  expect(notBefore.getTime()).toBe(now().getTime() - 5_000);
  expect(notAfter.getTime()).toBe(now().getTime() + 60_000);
});

test("the fingerprint is the SHA-256 of the public key, as openssl computes it", async () => {
  const files = { "ca.key": parsePrivateKey(authority.key).pkcs8Pem };
  const spki = await openssl(["pkey", "-in", "ca.key", "-pubout"], files);
  const der = Buffer.from(spki.replace(/-----.*-----|\s/g, ""), "base64");
  const expected = new Bun.CryptoHasher("sha256").update(der).digest("base64");
  expect(parseCertificate(authority.certificate).fingerprint).toBe(expected);
});

test("a bundle is read whole", () => {
  expect(parseCertificates(authority.certificate + authority.certificate)).toHaveLength(2);
});

test("dates after 2049 survive", async () => {
  const late = () => new Date("2051-01-02T03:04:05.000Z");
  const { certificate } = await createCertificateAuthority({ algorithm: "ed25519", now: late });
  expect(parseCertificate(certificate).notBefore).toEqual(late());
});

test("a mangled certificate either reads or fails as a Failure", () => {
  const { encoding } = parseCertificate(authority.certificate);
  fc.assert(
    fc.property(fc.nat(encoding.length - 1), fc.nat(255), fc.nat(encoding.length), (at, byte, length) => {
      const mangled = Uint8Array.from(encoding).subarray(0, Math.max(length, at));
      mangled[at] = byte;
      try {
        parseCertificate(encodePem("CERTIFICATE", mangled));
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(Failure);
      }
    }),
    { numRuns: 2_000 },
  );
});
