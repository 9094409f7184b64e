import { expect, test } from "bun:test";
import { mkdtemp, readdir, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testConfig } from "../../config/testing.ts";
import { eventually } from "../../grpc/testing/eventually.ts";
import { EtcdConfig } from "../../resources/etcd/etcd-config.ts";
import { EtcdMember } from "../../resources/etcd/etcd-member.ts";
import { EtcdSpec } from "../../resources/etcd/etcd-spec.ts";
import { PKIStatus } from "../../resources/etcd/pki-status.ts";
import { Service } from "../../resources/v1alpha1/service.ts";
import { etcdCertificatesController } from "../secrets/etcd.ts";
import { etcdRootController } from "../secrets/etcd-root.ts";
import { configure, machineWith, setAddresses } from "../testing.ts";
import { etcdConfigController } from "./config.ts";
import { etcdMemberController } from "./member.ts";
import { etcdPkiController } from "./pki.ts";
import { etcdSpecController } from "./spec.ts";

const withSubnets = (etcd: string) =>
  testConfig().replace(/^( +)etcd:\n/m, (line, indent) => `${line}${indent}${etcd}\n`);

test("a control plane machine gets a member under its own name and first address", async () => {
  await using machine = await machineWith({ config: testConfig() }, etcdConfigController(), etcdSpecController());
  const { spec } = await machine.eventually(EtcdSpec, "etcd");
  expect(spec).toEqual({
    name: "node-1",
    image: "registry.k8s.io/etcd:v3.6.11",
    extraArgs: {},
    advertisedAddresses: ["10.0.2.15"],
    listenPeerAddresses: ["::"],
    listenClientAddresses: ["::"],
  });
});

test("subnets choose what is announced, and an exclusion takes out of them", async () => {
  const config = withSubnets("    advertisedSubnets: [192.0.2.0/24, '!192.0.2.8/32']");
  await using machine = await machineWith({ config }, etcdConfigController(), etcdSpecController());
  await setAddresses(machine, ["10.0.2.15/24", "192.0.2.8/24", "192.0.2.9/24"]);
  const found = await machine.eventually(EtcdSpec, "etcd");
  expect(found.spec.advertisedAddresses).toEqual(["192.0.2.9"]);
  expect((await machine.eventually(EtcdConfig, "etcd")).spec.advertiseExcludeSubnets).toEqual(["192.0.2.8/32"]);
});

test("without an address in the subnets there is no member, and the log says so", async () => {
  const config = withSubnets("    advertisedSubnets: [198.51.100.0/24]");
  await using machine = await machineWith({ config }, etcdConfigController(), etcdSpecController());
  await machine.eventually(EtcdConfig, "etcd");
  await eventually(() => machine.logged.length > 0);
  expect(machine.logged.join("\n")).toContain("no address of this machine fits");
  expect(await machine.state.get(EtcdSpec, "etcd")).toBeUndefined();
  await configure(machine, testConfig());
  await machine.eventually(EtcdSpec, "etcd");
});

test("a worker gets none", async () => {
  await using machine = await machineWith(
    { config: testConfig("worker") },
    etcdConfigController(),
    etcdSpecController(),
  );
  await configure(machine, testConfig());
  await machine.eventually(EtcdSpec, "etcd");
  await configure(machine, testConfig("worker"));
  await machine.eventuallyGone(EtcdSpec, "etcd");
});

test("certificates are on disk for their user alone before their status says ready", async () => {
  const directory = join(await mkdtemp(join(tmpdir(), "etcd-pki-")), "etcd");
  const user = process.getuid?.() ?? 0;
  await using machine = await machineWith(
    { config: testConfig() },
    etcdRootController(),
    etcdCertificatesController(),
    etcdPkiController({ directory, user }),
  );
  const status = await machine.eventually(PKIStatus, "etcd");
  expect(status.spec.ready).toBe(true);
  expect((await readdir(directory)).toSorted()).toEqual(
    ["admin", "ca", "peer", "server"].flatMap((name) => (name === "ca" ? ["ca.crt"] : [`${name}.crt`, `${name}.key`])),
  );
  expect((await stat(join(directory, "admin.key"))).mode & 0o777).toBe(0o400);
  expect((await stat(directory)).mode & 0o777).toBe(0o700);
});

test("the machine is a member as long as its etcd is healthy", async () => {
  const status = {
    ...{ memberId: 0xabcn, version: "3.6.0", storageVersion: "3.6.0", databaseBytes: 0, databaseUsedBytes: 0 },
    ...{ leader: 0n, raftIndex: 0n, raftTerm: 0n, raftAppliedIndex: 0n, errors: [], isLearner: false },
  };
  const connect = async () => ({ status: async () => status, [Symbol.dispose]: () => {} });
  await using machine = await machineWith({ config: testConfig() }, etcdMemberController({ connect }));
  const health = (healthy: boolean) =>
    machine.state.modify(Service, "etcd", () => ({ running: true, healthy, unknown: false }));
  await health(true);
  expect((await machine.eventually(EtcdMember, "local")).spec.memberID).toBe("0000000000000abc");
  await health(false);
  await machine.eventuallyGone(EtcdMember, "local");
});
