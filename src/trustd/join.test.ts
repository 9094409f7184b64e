import { expect, test } from "bun:test";
import { testConfig, testSecrets } from "../config/testing.ts";
import { staticEndpointController } from "../controllers/k8s/static-endpoint.ts";
import { apiCertificatesController } from "../controllers/secrets/api.ts";
import { apiCertSansController } from "../controllers/secrets/api-cert-sans.ts";
import { osRootController } from "../controllers/secrets/os-root.ts";
import { machineWith, setAddresses, setTime } from "../controllers/testing.ts";
import { eventually } from "../grpc/testing/eventually.ts";
import { createCertificateAuthority, isSignedBy, parseCertificate, signCertificate } from "../pki/index.ts";
import { ApiCertificate } from "../resources/secrets/api-certificate.ts";
import type { SigningAuthority } from "./authority.ts";
import { startTrustd } from "./server.ts";

const hourMs = 3_600_000;
const past = () => new Date(Date.now() - 60_000);
const stranger = await createCertificateAuthority({ algorithm: "ed25519", organizations: ["talos"], now: past });
const ours: SigningAuthority = { ...testSecrets.os, accepted: [], token: testSecrets.trustdToken };

/** A control plane's trustd, on the loopback; it signs with an authority of the test's choice. */
async function controlPlane(authority: () => SigningAuthority = () => ours) {
  let asked = 0;
  const identity = await signCertificate(testSecrets.os, {
    usages: ["serverAuth"],
    alternativeNames: ["127.0.0.1"],
    validForMs: hourMs,
    now: past,
  });
  const counted = () => {
    asked += 1;
    return authority();
  };
  const options = { identity: { ...identity, authorities: [] }, authority: counted, host: "127.0.0.1", port: 0 };
  const trustd = await startTrustd(options);
  return { port: trustd.port, asked: () => asked, [Symbol.asyncDispose]: () => trustd[Symbol.asyncDispose]() };
}

/** A worker whose control plane is at a name that leads to the loopback. */
const worker = (
  port: number,
  config = testConfig("worker", { endpoint: "https://cp.example.org:6443" }),
  now = () => new Date(),
) =>
  machineWith(
    { config },
    osRootController(),
    apiCertSansController(),
    staticEndpointController({ resolve: async () => ["127.0.0.1"] }),
    apiCertificatesController({ trustdPort: port, now }),
  );

const certificateOf = ({ server }: ApiCertificate) => parseCertificate(new TextDecoder().decode(server.crt));

test("a worker has its certificate signed, once its clock is right, and again for another address", async () => {
  await using cluster = await controlPlane();
  await using machine = await worker(cluster.port);
  expect(cluster.asked()).toBe(0);
  await setTime(machine);
  const { spec } = await machine.eventually(ApiCertificate, "api");
  const certificate = certificateOf(spec);
  expect(certificate.alternativeNames.toSorted()).toEqual(["10.0.2.15", "127.0.0.1", "::1", "node-1"]);
  expect([certificate.subject.commonName, certificate.usages]).toEqual(["node-1", ["serverAuth"]]);
  expect(isSignedBy(certificate, parseCertificate(testSecrets.os.certificate))).toBe(true);
  // It speaks for nobody to other machines.
  expect(spec.client.crt).toHaveLength(0);
  await setAddresses(machine, ["10.0.2.15/24", "192.0.2.7/32"]);
  await machine.eventually(ApiCertificate, "api", (found) =>
    certificateOf(found.spec).alternativeNames.includes("192.0.2.7"),
  );
  expect(cluster.asked()).toBe(2);
});

test("a control plane that refuses is told with its reason, and asked again", async () => {
  await using cluster = await controlPlane();
  const config = testConfig("worker").replace(testSecrets.trustdToken, "abcdef.0000000000000000");
  await using machine = await worker(cluster.port, config.replace("10.0.0.1:6443", "127.0.0.1:6443"));
  await setTime(machine);
  await eventually(() => cluster.asked() >= 3);
  expect(machine.logged.join("\n")).toMatch(/127\.0\.0\.1: invalid token\. machine\.token of this machine is not/);
  expect(machine.logged.join("\n")).not.toContain("abcdef.0000000000000000");
  expect(await machine.state.get(ApiCertificate, "api")).toBeUndefined();
});

test("what no authority of the configuration has signed is not served", async () => {
  let authority: SigningAuthority = { ...ours, ...stranger };
  await using cluster = await controlPlane(() => authority);
  await using machine = await worker(cluster.port);
  await setTime(machine);
  await eventually(() => cluster.asked() >= 2);
  expect(await machine.state.get(ApiCertificate, "api")).toBeUndefined();
  authority = ours;
  await machine.eventually(ApiCertificate, "api");
  expect(machine.logged.join("\n")).toContain("no authority of machine.ca or machine.acceptedCAs signed it");
});

test("a machine whose clock is far off can be reached, says so, and does not ask for ever", async () => {
  await using cluster = await controlPlane();
  const ahead = () => new Date(Date.now() + 30 * 24 * hourMs);
  await using machine = await worker(cluster.port, undefined, ahead);
  await setTime(machine);
  await machine.eventually(ApiCertificate, "api");
  await eventually(() => machine.logged.some((line) => line.includes("the clock is not the control plane's")));
  expect(cluster.asked()).toBe(1);
});

test("a control plane that does not answer is told with what to look at", async () => {
  const gone = await controlPlane();
  await gone[Symbol.asyncDispose]();
  await using machine = await worker(gone.port);
  await setTime(machine);
  await eventually(() => machine.logged.length > 0);
  expect(machine.logged.join("\n")).toMatch(/connection refused.*Is cluster\.controlPlane\.endpoint right/);
});
