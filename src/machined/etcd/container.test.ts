import { expect, test } from "bun:test";
import { buildRuntimeSpec } from "../../containerd/spec/build.ts";
import type { EtcdSpec } from "../../resources/etcd/etcd-spec.ts";
import { clusterFlags, etcdContainer, etcdFlags } from "./container.ts";
import { etcdPlace as place } from "./place.ts";
import { restoreContainer } from "./restore.ts";

const spec: EtcdSpec = {
  name: "cp-1",
  image: "registry.example/etcd:v1",
  extraArgs: { "snapshot-count": "10001", "data-dir": "/elsewhere" },
  advertisedAddresses: ["10.0.2.15", "fd00::2"],
  listenPeerAddresses: ["::"],
  listenClientAddresses: ["::"],
};

test("the owner's flags come on top, but never move data or secrets", () => {
  const flags = etcdFlags({ spec, place, beginning: { kind: "first" } });
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
  expect(etcdFlags({ spec, place, beginning: { kind: "first" } })).toEqual(expect.arrayContaining(flags));
  expect(restoreContainer(spec, place, true).args).toEqual(expect.arrayContaining([...flags, "--skip-hash-check"]));
  expect(restoreContainer(spec, place, false).args).not.toContain("--skip-hash-check");
});

test("one that joins says whom it joins, and one that has data says nothing of the others", () => {
  const joins = { kind: "joins", initialCluster: "a=https://10.0.2.2:2380,cp-1=https://10.0.2.15:2380" } as const;
  expect(etcdFlags({ spec, place, beginning: joins })).toEqual(
    expect.arrayContaining(["--initial-cluster-state=existing", `--initial-cluster=${joins.initialCluster}`]),
  );
  const flags = etcdFlags({ spec, place, beginning: { kind: "goesOn" } });
  expect(flags.filter((flag) => flag.startsWith("--initial-cluster="))).toEqual([]);
});

test("it listens and announces where its spec says", () => {
  const flags = etcdFlags({
    spec: { ...spec, listenClientAddresses: ["127.0.0.1", "10.0.2.15"] },
    ...{ place, beginning: { kind: "first" } },
  });
  expect(flags).toContain("--listen-client-urls=https://127.0.0.1:2379,https://10.0.2.15:2379");
  expect(flags).toContain("--listen-peer-urls=https://[::]:2380");
  expect(flags).toContain("--advertise-client-urls=https://10.0.2.15:2379,https://[fd00::2]:2379");
});

test("it can neither change its secrets nor see anything but them and its data", () => {
  const { process, mounts, linux } = buildRuntimeSpec(
    etcdContainer({ spec, place, beginning: { kind: "goesOn" } }, {}),
  );
  expect(process.user).toEqual({ uid: 60, gid: 60 });
  expect(process.rlimits).toEqual([{ type: "RLIMIT_NOFILE", soft: 10_240, hard: 10_240 }]);
  const binds = mounts.filter(({ type }) => type === "bind");
  expect(binds.map(({ source, options }) => [source, options.at(-1)])).toEqual([
    ["/var/lib/etcd", "rw"],
    ["/system/secrets/etcd", "ro"],
  ]);
  expect(linux.cgroupsPath).toBe("/podruntime/etcd");
});
