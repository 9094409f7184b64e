import { expect, test } from "bun:test";
import { testConfig } from "../../config/testing.ts";
import { isSignedBy, parseCertificate } from "../../pki/index.ts";
import { ApiCertificate } from "../../resources/secrets/api-certificate.ts";
import { EtcdRootSecret } from "../../resources/secrets/etcd-root-secret.ts";
import { EtcdSecret } from "../../resources/secrets/etcd-secret.ts";
import { OSRootSecret } from "../../resources/secrets/os-root-secret.ts";
import { TrustdCertificate } from "../../resources/secrets/trustd-certificate.ts";
import { machineWith, setAddresses } from "../testing.ts";
import { apiCertificatesController } from "./api.ts";
import { apiCertSansController } from "./api-cert-sans.ts";
import { etcdCertificatesController } from "./etcd.ts";
import { etcdRootController } from "./etcd-root.ts";
import { osRootController } from "./os-root.ts";
import { identityOf, type PemPair } from "./pem-pair.ts";
import { trustdCertificateController } from "./trustd.ts";

const certificateOf = (pair: PemPair) => parseCertificate(identityOf(pair).certificate);
const hoursMs = 3_600_000;

const api = (now?: () => Date) => [
  osRootController(),
  apiCertSansController(),
  apiCertificatesController(now === undefined ? {} : { now }),
  trustdCertificateController(),
];

test("apid gets a day's certificate for every name, and one to speak for its callers", async () => {
  const config = testConfig("controlplane", {});
  await using machine = await machineWith({ config }, ...api());
  const { spec } = await machine.eventually(ApiCertificate, "api");
  const root = (await machine.eventually(OSRootSecret, "os")).spec;
  const server = certificateOf(spec.server);
  expect(server.subject.commonName).toBe("node-1");
  expect(server.usages).toEqual(["serverAuth"]);
  expect(server.alternativeNames).toEqual(expect.arrayContaining(["node-1", "10.0.2.15", "127.0.0.1", "::1"]));
  expect(server.notAfter.getTime() - server.notBefore.getTime()).toBe(24 * hoursMs);
  expect(isSignedBy(server, certificateOf(root.issuingCA))).toBe(true);
  const client = certificateOf(spec.client);
  expect(client.subject.organizations).toEqual(["os:impersonator"]);
  expect(client.usages).toEqual(["clientAuth"]);
  const trustd = (await machine.eventually(TrustdCertificate, "trustd")).spec;
  expect(certificateOf(trustd.server).alternativeNames.toSorted()).toEqual(server.alternativeNames.toSorted());
});

test("a new address makes a new server certificate and leaves the client's alone", async () => {
  await using machine = await machineWith({ config: testConfig() }, ...api());
  const before = (await machine.eventually(ApiCertificate, "api")).spec;
  await setAddresses(machine, ["10.0.2.15/24", "192.0.2.7/32"]);
  const after = await machine.eventually(ApiCertificate, "api", ({ spec }) =>
    certificateOf(spec.server).alternativeNames.includes("192.0.2.7"),
  );
  expect(after.spec.client).toEqual(before.client);
});

test("a certificate is kept for half its life, and renewed after it", async () => {
  const start = Date.now();
  let elapsedMs = 11 * hoursMs;
  const now = () => new Date(start + elapsedMs);
  await using machine = await machineWith({ config: testConfig() }, ...api(now));
  const first = (await machine.eventually(ApiCertificate, "api")).spec;
  elapsedMs += 11 * hoursMs;
  await setAddresses(machine, ["10.0.2.15/24", "10.0.2.16/24"]);
  const second = await machine.eventually(ApiCertificate, "api", ({ spec }) => spec.server !== first.server);
  expect(second.spec.client).toEqual(first.client);
  elapsedMs += 2 * hoursMs;
  await setAddresses(machine, ["10.0.2.15/24"]);
  await machine.eventually(ApiCertificate, "api", ({ spec }) => !Bun.deepEquals(spec.client, first.client));
});

test("a worker has no authority's key, and so issues nothing", async () => {
  await using machine = await machineWith({ config: testConfig("worker") }, ...api(), etcdRootController());
  const root = await machine.eventually(OSRootSecret, "os");
  expect(root.spec.issuingCA.key).toHaveLength(0);
  expect(root.spec.acceptedCAs[0]?.crt).toEqual(root.spec.issuingCA.crt);
  expect(await machine.state.get(ApiCertificate, "api")).toBeUndefined();
  expect(await machine.state.get(EtcdRootSecret, "etcd")).toBeUndefined();
});

test("etcd's member can serve and be a client; its administrator is only a client", async () => {
  await using machine = await machineWith({ config: testConfig() }, etcdRootController(), etcdCertificatesController());
  const { spec } = await machine.eventually(EtcdSecret, "etcd");
  const { etcdCA } = (await machine.eventually(EtcdRootSecret, "etcd")).spec;
  for (const member of [certificateOf(spec.etcd), certificateOf(spec.etcdPeer)]) {
    expect(member.subject.commonName).toBe("node-1");
    expect(member.usages).toEqual(["serverAuth", "clientAuth"]);
    expect(member.alternativeNames).toContain("10.0.2.15");
    expect(isSignedBy(member, certificateOf(etcdCA))).toBe(true);
  }
  expect(certificateOf(spec.etcdAdmin).usages).toEqual(["clientAuth"]);
  expect(certificateOf(spec.etcdAPIServer).subject.commonName).toBe("kube-apiserver");
});
