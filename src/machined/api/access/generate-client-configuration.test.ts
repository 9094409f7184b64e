import { expect, test } from "bun:test";
import { testConfig, testSecrets } from "../../../config/testing.ts";
import { osRootController } from "../../../controllers/secrets/os-root.ts";
import { machineWith } from "../../../controllers/testing.ts";
import { Code } from "../../../grpc/status.ts";
import { failureOf } from "../../../grpc/testing/failure-of.ts";
import { isSignedBy, parseCertificate, parsePrivateKey } from "../../../pki/index.ts";
import { machine } from "../../../proto/index.ts";
import { OSRootSecret } from "../../../resources/secrets/os-root-secret.ts";
import { clientCertificateOf } from "../../../talosconfig/certificate.ts";
import { parseTalosconfig } from "../../../talosconfig/format.ts";
import { generateClientConfiguration } from "./generate-client-configuration.ts";

const hourSeconds = 3_600;

async function generate(
  roles: readonly string[],
  seconds = hourSeconds,
  type: "controlplane" | "worker" = "controlplane",
) {
  await using booted = await machineWith({ config: testConfig(type) }, osRootController());
  await booted.eventually(OSRootSecret, "os");
  const request = new machine.GenerateClientConfigurationRequest({ roles: [...roles], crt_ttl: { seconds } });
  const { messages } = await generateClientConfiguration(booted, request);
  return messages?.[0];
}

test("a client configuration has the roles and the life that were asked for, and no endpoint", async () => {
  const reply = await generate(["os:reader"]);
  const config = parseTalosconfig(Buffer.from(reply?.talosconfig ?? []).toString(), "reply");
  expect(config.context).toBe("reader@test");
  const context = config.contexts.get("reader@test");
  expect(context?.endpoints).toEqual([]);
  const certificate = context === undefined ? undefined : clientCertificateOf(context);
  expect(certificate?.roles).toEqual(["os:reader"]);
  expect(Math.round(((certificate?.notAfter.getTime() ?? 0) - Date.now()) / 60_000)).toBe(60);
  const own = parseCertificate(Buffer.from(reply?.crt ?? []).toString());
  expect(isSignedBy(own, parseCertificate(testSecrets.os.certificate))).toBe(true);
  expect(own.publicKey).toEqual(parsePrivateKey(Buffer.from(reply?.key ?? []).toString()).publicKey);
  expect(Buffer.from(reply?.ca ?? []).toString()).toBe(testSecrets.os.certificate);
});

test("the context is named after its one role, and after the cluster when it has several or none", async () => {
  const nameOf = async (...roles: readonly string[]) =>
    parseTalosconfig(Buffer.from((await generate(roles))?.talosconfig ?? []).toString(), "reply").context;
  expect(await nameOf("os:etcd:backup")).toBe("etcd:backup@test");
  expect(await nameOf("os:reader", "os:operator")).toBe("test");
  expect(await nameOf()).toBe("test");
});

test("what cannot be given is refused", async () => {
  expect(await failureOf(generate(["os:reader"], 0))).toEqual([Code.invalidArgument, "crt_ttl should be positive"]);
  expect(await failureOf(generate(["os:reader"], -1))).toEqual([Code.invalidArgument, "crt_ttl should be positive"]);
  expect((await failureOf(generate(["os:reader"], 1e12)))[0]).toBe(Code.invalidArgument);
  expect((await failureOf(generate(["os:root"])))[1]).toStartWith('there is no role "os:root"');
  expect(await failureOf(generate(["os:reader"], hourSeconds, "worker"))).toEqual([
    Code.failedPrecondition,
    "client configuration (talosconfig) can't be generated on worker nodes",
  ]);
});
