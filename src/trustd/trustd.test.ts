import { expect, test } from "bun:test";
import { connect } from "../grpc/client/connect.ts";
import { Code } from "../grpc/status.ts";
import { failureOf } from "../grpc/testing/failure-of.ts";
import { createTestAuthority } from "../grpc/testing/identities.ts";
import { createCertificateRequest, generatePrivateKey, isSignedBy, parseCertificate } from "../pki/index.ts";
import { api } from "../proto/methods.ts";
import { startTrustd } from "./server.ts";

const authority = await createTestAuthority();
const other = await createTestAuthority();
const method = api("securityapi.SecurityService/Certificate");

async function trustd() {
  const signing = { ...authority, accepted: [other.certificate], token: "abcdef.0123456789abcdef" };
  const options = { identity: await authority.server(), authority: () => signing, host: "127.0.0.1", port: 0 };
  const server = await startTrustd(options);
  const tls = { authorities: [authority.certificate] };
  const channel = connect({ target: { host: "127.0.0.1", port: server.port, tls } });
  return {
    request: (csr: string, token?: string) =>
      channel.unary(method, { csr: Buffer.from(csr) }, token === undefined ? {} : { metadata: { token } }),
    async [Symbol.asyncDispose]() {
      channel.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

const request = async () =>
  createCertificateRequest(await generatePrivateKey("ed25519"), {
    commonName: "worker-1",
    organizations: ["os:admin"],
    alternativeNames: ["worker-1", "10.0.2.15"],
  });

test("a machine that knows the token gets a server certificate, and no role", async () => {
  await using server = await trustd();
  const { ca, crt } = await server.request(await request(), "abcdef.0123456789abcdef");
  const certificate = parseCertificate(Buffer.from(crt).toString());
  expect(isSignedBy(certificate, parseCertificate(authority.certificate))).toBe(true);
  expect(certificate.subject).toMatchObject({ commonName: "worker-1", organizations: [] });
  expect(certificate.alternativeNames).toEqual(["worker-1", "10.0.2.15"]);
  expect(certificate.usages).toEqual(["serverAuth"]);
  expect(Math.round((certificate.notAfter.getTime() - Date.now()) / 3_600_000)).toBe(24);
  expect(Date.now() - certificate.notBefore.getTime()).toBeGreaterThan(4 * 60_000);
  expect(Buffer.from(ca).toString()).toBe([authority.certificate, other.certificate].join(""));
});

test("without the token there is none", async () => {
  await using server = await trustd();
  const csr = await request();
  expect(await failureOf(server.request(csr))).toEqual([Code.unauthenticated, "missing token"]);
  expect(await failureOf(server.request(csr, "guess"))).toEqual([Code.unauthenticated, "invalid token"]);
  expect(await failureOf(server.request(csr, ""))).toEqual([Code.unauthenticated, "invalid token"]);
});

test("what is no request is refused", async () => {
  await using server = await trustd();
  const [code] = await failureOf(server.request("no request", "abcdef.0123456789abcdef"));
  expect(code).toBe(Code.invalidArgument);
});

test("what is larger than any request is refused, before it is looked at", async () => {
  await using server = await trustd();
  const token = "abcdef.0123456789abcdef";
  const large = await failureOf(server.request("x".repeat(100_000), token));
  expect(large).toEqual([Code.invalidArgument, "Cannot sign a request of 100000 bytes: it is too large"]);
  const [code] = await failureOf(server.request("x".repeat(1_000_000), token));
  expect(code).toBe(Code.resourceExhausted);
});

test("guessing tokens is slowed down", async () => {
  await using server = await trustd();
  const codes = new Set<Code>();
  for (let guess = 0; guess < 30; guess += 1) codes.add((await failureOf(server.request("x", `guess-${guess}`)))[0]);
  expect([...codes]).toEqual([Code.unauthenticated, Code.resourceExhausted]);
});
