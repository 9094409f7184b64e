import { afterAll, expect, test } from "bun:test";
import { connect } from "../grpc/client/connect.ts";
import { Code, StatusError } from "../grpc/status.ts";
import { createCertificateAuthority, type Identity, type LeafOptions, signCertificate } from "../pki/index.ts";
import { google } from "../proto/index.ts";
import { methods } from "../proto/methods.ts";
import { startIdleMachine } from "./testing/idle-machine.ts";

const { Empty } = google.protobuf;
const idle = await startIdleMachine();
afterAll(() => idle[Symbol.asyncDispose]());
const { authority, reached, port } = idle;

const minuteMs = 60_000;
const now = Date.now();
const at = (offsetMs: number) => () => new Date(now + offsetMs);
const administrator: LeafOptions = {
  organizations: ["os:admin"],
  usages: ["clientAuth"],
  validForMs: 60 * minuteMs,
  now: at(-minuteMs),
};
const foreign = await createCertificateAuthority({
  algorithm: "ed25519",
  organizations: ["talos"],
  now: at(-minuteMs),
});
/** A leaf that acts as an authority: what it signs has a chain that ends at ours, of one that may not sign. */
const leaf = await signCertificate(authority, administrator);

/** Everybody here says to be an administrator. */
const strangers: Readonly<Record<string, Identity | undefined>> = {
  "no certificate": undefined,
  "an expired certificate": await signCertificate(authority, { ...administrator, validForMs: minuteMs / 2 }),
  "a certificate that is not valid yet": await signCertificate(authority, { ...administrator, now: at(60 * minuteMs) }),
  "a foreign authority's certificate": await signCertificate(foreign, administrator),
  "a certificate that itself signed": foreign,
  "a server's certificate": await signCertificate(authority, { ...administrator, usages: ["serverAuth"] }),
  "a certificate for both ends": await signCertificate(authority, {
    ...administrator,
    usages: ["serverAuth", "clientAuth"],
  }),
  "a certificate without a usage": await signCertificate(authority, { ...administrator, usages: [] }),
  "a certificate signed by one that is no authority": await signCertificate(leaf, administrator),
  "a certificate signed by one that is no authority, with it": await chained(),
  "another's key": { certificate: leaf.certificate, key: foreign.key },
};

async function chained(): Promise<Identity> {
  const { certificate, key } = await signCertificate(leaf, administrator);
  return { certificate: `${certificate}${leaf.certificate}`, key };
}

for (const [who, shown] of Object.entries(strangers)) {
  test(`${who} opens no method at all`, async () => {
    reached.length = 0;
    const tls = { authorities: [authority.certificate], ...shown };
    for (const path of Object.keys(methods)) {
      using channel = connect({ target: { host: "127.0.0.1", port, tls } });
      const call = channel.unary({ path, request: Empty, response: Empty }, {}, { timeoutMs: 15_000 });
      const thrown = await call.catch((error: unknown) => error);
      const code = thrown instanceof StatusError ? thrown.code : undefined;
      // Refused by TLS, or by the roles it does not get.
      expect([path, code === Code.unavailable || code === Code.permissionDenied]).toEqual([path, true]);
    }
    expect(reached).toEqual([]);
  });
}

test("the same with a good certificate reaches the machine", async () => {
  using channel = connect({
    target: { host: "127.0.0.1", port, tls: { authorities: [authority.certificate], ...leaf } },
  });
  const path = "machine.MachineService/Version";
  const thrown = await channel.unary({ path, request: Empty, response: Empty }, {}).catch((error: unknown) => error);
  expect(thrown instanceof StatusError && thrown.code).toBe(Code.unimplemented);
});
