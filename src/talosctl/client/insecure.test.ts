import { afterAll, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGrpcServer } from "../../grpc/server/server.ts";
import { createCertificateAuthority, parseCertificate, signCertificate } from "../../pki/index.ts";
import { answers } from "../testing/answers.ts";
import { configMachine } from "../testing/config-machine.ts";
import { runTalosctl, serveTestMachine } from "../testing/machine.ts";

const authority = await createCertificateAuthority({ algorithm: "ed25519", organizations: ["talos"] });
const certificate = await signCertificate(authority, { usages: ["serverAuth"], validForMs: 3_600_000 });
const { services, received } = configMachine("");
const server = createGrpcServer({ services: { ...services, ...answers } });
const { port } = await server.listenTls({
  ...{ host: "127.0.0.1", port: 0 },
  identity: { ...certificate, authorities: [authority.certificate] },
  clientCertificate: "none",
});
const directory = await mkdtemp(join(tmpdir(), "talosctl-insecure-"));
afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

const node = `127.0.0.1:${port}`;
const { fingerprint } = parseCertificate(certificate.certificate);
const other = Buffer.alloc(32, 1).toString("base64");
const insecurely = (...argv: readonly string[]) => runTalosctl([...argv, "--insecure", "--talosconfig", "/no/such"]);

test("a machine without config is reached without any client configuration", async () => {
  const { out, status } = await insecurely("version", "-n", node);
  expect(status).toBe(0);
  expect(out).toContain("Server:\n\tNODE:        10.0.2.15\n");
  expect((await insecurely("get", "addresses", "-n", node)).out).toContain("eth0/10.0.2.15/24");
});

test("one of the fingerprints has to be the machine's", async () => {
  const config = join(directory, "config.yaml");
  await writeFile(config, "version: v1alpha1\n");
  const apply = ["apply-config", "-f", config, "-n", node, "--cert-fingerprint"];
  expect((await insecurely(...apply, `${other},${fingerprint}`)).status).toBe(0);
  expect(received.map(({ text }) => text)).toEqual(["version: v1alpha1\n"]);
  const { error, status } = await insecurely(...apply, other);
  expect(error).toContain(`the server's certificate has the fingerprint ${fingerprint}, which is not an accepted one`);
  expect(error).toEndWith("Is it the right machine? Its console shows the fingerprint\n");
  expect(status).toBe(1);
  expect((await insecurely(...apply, "abc")).error).toContain('Cannot use "abc" as a fingerprint');
  expect(received).toHaveLength(1);
});

test("a machine that has a config wants a certificate", async () => {
  await using configured = await serveTestMachine({ services: answers });
  const { status, error } = await insecurely("version", "-n", configured.endpoint);
  expect(error).toEndWith("It has a config already: leave out --insecure\n");
  expect(status).toBe(1);
});

test.each([
  [["version"], "Name its address with -n"],
  [["version", "-n", "10.0.0.1,10.0.0.2"], "Take them one by one, beginning with: -n 10.0.0.1"],
] as const)("%p is refused with what to do", async (argv, message) => {
  const { status, error } = await insecurely(...argv);
  expect(error).toContain(message);
  expect(status).toBe(1);
});
