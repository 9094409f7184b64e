import { expect, test } from "bun:test";
import { parseCertificate } from "./certificate.ts";
import { createCertificateRequest, parseCertificateRequest, signCertificateRequest } from "./certificate-request.ts";
import { encodePem, pemBlock } from "./pem.ts";
import { generatePrivateKey } from "./private-key.ts";
import { createCertificateAuthority } from "./sign-certificate.ts";
import { openssl } from "./testing/openssl.ts";

const key = await generatePrivateKey("ed25519");
const authority = await createCertificateAuthority({ algorithm: "ed25519", organizations: ["talos"] });
const request = createCertificateRequest(key, {
  commonName: "worker-1",
  organizations: ["os:admin"],
  alternativeNames: ["worker-1", "10.0.0.2"],
});

test("openssl verifies a request and reads its names", async () => {
  const text = await openssl(["req", "-in", "r.csr", "-verify", "-noout", "-text"], { "r.csr": request });
  expect(text).toContain("DNS:worker-1, IP Address:10.0.0.2");
  expect(text).toMatch(/CN ?= ?worker-1/); // OpenSSL 3.5 writes it without spaces
});

test("a request of openssl is read", async () => {
  const args = ["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "k.pem"];
  const pem = await openssl([...args, "-subj", "/O=a/CN=b", "-addext", "subjectAltName=DNS:x.example,IP:fd00::2"]);
  const { subject, alternativeNames } = parseCertificateRequest(pem);
  expect(subject).toEqual({ commonName: "b", organizations: ["a"] });
  expect(alternativeNames).toEqual(["x.example", "fd00::2"]);
});

test("signing takes names from the request but never the organizations", () => {
  const pem = signCertificateRequest(authority, request, { usages: ["serverAuth"], validForMs: 86_400_000 });
  const certificate = parseCertificate(pem);
  expect(certificate.subject).toEqual({ commonName: "worker-1", organizations: [] });
  expect(certificate.alternativeNames).toEqual(["worker-1", "10.0.0.2"]);
  expect(Buffer.from(certificate.publicKey)).toEqual(Buffer.from(key.publicKey));
});

test("a request that somebody changed is refused", () => {
  const der = Uint8Array.from(pemBlock(request, "CERTIFICATE REQUEST"));
  const at = Buffer.from(der).indexOf("worker-1");
  der[at] = "W".charCodeAt(0);
  expect(() => parseCertificateRequest(encodePem("CERTIFICATE REQUEST", der))).toThrow(
    "its signature does not match its key",
  );
});
