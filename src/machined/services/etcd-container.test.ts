import { expect, test } from "bun:test";
import type { EtcdSpec } from "../../resources/etcd/etcd-spec.ts";
import { clusterFlags, etcdFlags } from "./etcd-container.ts";
import { restoreContainer } from "./etcd-restore.ts";

const spec: EtcdSpec = {
  name: "cp-1",
  image: "registry.example/etcd:v1",
  extraArgs: { "snapshot-count": "10001", "data-dir": "/elsewhere" },
  advertisedAddresses: ["10.0.2.15", "fd00::2"],
  listenPeerAddresses: ["::"],
  listenClientAddresses: ["::"],
};

test("the owner's flags come on top, but never move data or secrets", () => {
  const flags = etcdFlags(spec);
  expect(flags).toContain("--snapshot-count=10001");
  expect(flags).toContain("--data-dir=/var/lib/etcd");
  expect(flags.filter((flag) => flag.startsWith("--data-dir"))).toHaveLength(1);
});

test("a cluster begins the same, whether empty or with a snapshot", () => {
  const flags = clusterFlags(spec);
  expect(flags).toEqual([
    "--name=cp-1",
    "--initial-advertise-peer-urls=https://10.0.2.15:2380,https://[fd00::2]:2380",
    "--initial-cluster=cp-1=https://10.0.2.15:2380,cp-1=https://[fd00::2]:2380",
  ]);
  expect(etcdFlags(spec)).toEqual(expect.arrayContaining(flags));
  expect(restoreContainer(spec, true).args).toEqual(expect.arrayContaining([...flags, "--skip-hash-check"]));
  expect(restoreContainer(spec, false).args).not.toContain("--skip-hash-check");
});
