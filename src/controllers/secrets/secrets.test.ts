import { expect, test } from "bun:test";
import { testConfig } from "../../config/testing.ts";
import { createCertificateAuthority, isSignedBy, parseCertificate } from "../../pki/index.ts";
import { ApiCertificate } from "../../resources/secrets/api-certificate.ts";
import { CertSAN } from "../../resources/secrets/cert-san.ts";
import { EtcdRootSecret } from "../../resources/secrets/etcd-root-secret.ts";
import { EtcdSecret } from "../../resources/secrets/etcd-secret.ts";
import { OSRootSecret } from "../../resources/secrets/os-root-secret.ts";
import { TrustdCertificate } from "../../resources/secrets/trustd-certificate.ts";
import { configure, machineWith, setAddresses, setTime } from "../testing.ts";
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
  // A day from now, and valid for those whose clocks lag some minutes.
  expect(Math.round((server.notAfter.getTime() - Date.now()) / hoursMs)).toBe(24);
  expect(Date.now() - server.notBefore.getTime()).toBeGreaterThan(4 * 60_000);
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

test("a certificate is kept for half its life, and renewed after it without being asked", async () => {
  const { notBefore, notAfter } = await (async () => {
    await using machine = await machineWith({ config: testConfig() }, ...api());
    return certificateOf((await machine.eventually(ApiCertificate, "api")).spec.server);
  })();
  const halfMs = (notAfter.getTime() - notBefore.getTime()) / 2 - 5 * 60_000;
  let aheadMs = 0;
  const now = () => new Date(Date.now() + aheadMs);
  await using machine = await machineWith({ config: testConfig() }, ...api(now));
  const first = (await machine.eventually(ApiCertificate, "api")).spec;
  aheadMs = halfMs - hoursMs;
  await setAddresses(machine, ["10.0.2.15/24", "10.0.2.16/24"]);
  const second = await machine.eventually(ApiCertificate, "api", ({ spec }) => spec.server !== first.server);
  expect(second.spec.client).toEqual(first.client);
  // Half of the client's life ends within the second; nothing else happens then.
  aheadMs = halfMs - 1_200;
  await setTime(machine);
  await machine.eventually(ApiCertificate, "api", ({ spec }) => !Bun.deepEquals(spec.client, first.client));
});

test("when the clock is set back or far ahead, certificates are made that are valid now", async () => {
  let aheadMs = 0;
  const now = () => new Date(Date.now() + aheadMs);
  await using machine = await machineWith({ config: testConfig() }, ...api(now));
  let last = (await machine.eventually(ApiCertificate, "api")).spec;
  for (const [epoch, ahead] of [-1_000 * hoursMs, 30 * hoursMs, 0].entries()) {
    aheadMs = ahead;
    await setTime(machine, epoch + 1);
    const before = last;
    last = (await machine.eventually(ApiCertificate, "api", ({ spec }) => !Bun.deepEquals(spec, before))).spec;
    for (const pair of [last.server, last.client]) {
      const { notBefore, notAfter } = certificateOf(pair);
      expect(notBefore.getTime()).toBeLessThan(now().getTime());
      expect(notAfter.getTime()).toBeGreaterThan(now().getTime() + 12 * hoursMs);
    }
  }
});

test("another authority issues at once, and those it replaces stay accepted while the configuration says so", async () => {
  const config = testConfig();
  await using machine = await machineWith({ config }, ...api());
  const { spec: before } = await machine.eventually(ApiCertificate, "api");
  const old = (await machine.eventually(OSRootSecret, "os")).spec.issuingCA;
  const next = await createCertificateAuthority({ algorithm: "ed25519", organizations: ["talos"] });
  const base64 = (text: string | Uint8Array) => Buffer.from(text).toString("base64");
  const rotated = config
    .replace(base64(old.crt), base64(next.certificate))
    .replace(base64(old.key), base64(next.key))
    .replace(/^machine:\n/m, `machine:\n    acceptedCAs: [{ crt: ${base64(old.crt)} }]\n`);
  await configure(machine, rotated);
  const { spec } = await machine.eventually(ApiCertificate, "api", (found) => found.spec.acceptedCAs.length === 2);
  expect(isSignedBy(certificateOf(spec.server), parseCertificate(next.certificate))).toBe(true);
  expect(spec.acceptedCAs.map(({ crt }) => base64(crt))).toEqual([base64(next.certificate), base64(old.crt)]);
  expect(spec.client).not.toEqual(before.client);
});

test("whatever form an address is given in, its certificate is made once", async () => {
  const config = testConfig("controlplane", { additionalSans: ["2001:DB8:0:0::1"] });
  await using machine = await machineWith({ config }, ...api());
  const first = await machine.eventually(ApiCertificate, "api");
  expect((await machine.eventually(CertSAN, "api")).spec.ips).toContain("2001:db8::1");
  for (const epoch of [1, 2]) await setTime(machine, epoch);
  const trustd = await machine.eventually(TrustdCertificate, "trustd");
  expect(certificateOf(trustd.spec.server).alternativeNames).toContain("2001:db8::1");
  expect((await machine.state.get(ApiCertificate, "api"))?.spec).toEqual(first.spec);
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
