import { expect, test } from "bun:test";
import type { Containerd } from "../../../containerd/client.ts";
import type { PodContainer } from "../../../containerd/runtime-service.ts";
import { Code } from "../../../grpc/status.ts";
import { failureOf } from "../../../grpc/testing/failure-of.ts";
import { findContainer } from "./find-container.ts";
import { listContainers } from "./listing.ts";

const ready = "SANDBOX_READY";
const pods = [
  { id: "aa11", namespace: "kube-system", name: "coredns-1", uid: "u1", state: ready },
  { id: "bb22", namespace: "default", name: "web", uid: "u2", state: ready },
];
const container = (id: string, podId: string, name: string, attempt = 0): PodContainer => ({
  ...{ id, podId, name, attempt },
  state: attempt === 0 ? "CONTAINER_EXITED" : "CONTAINER_RUNNING",
});
const containers = [
  container("0a0000000000ffff", "aa11", "coredns"),
  container("0b0000000000ffff", "aa11", "coredns", 1),
  container("0c0000000000ffff", "bb22", "nginx", 1),
  container("0d0000000000ffff", "gone", "old"),
];

/** What containerd answers, without one. */
const containerd = {
  runtimeService: { readyPods: async () => pods, containers: async () => containers },
  in: (name: string) => ({
    name,
    containers: { list: async () => (name === "system" ? [{ id: "etcd", image: "etcd:1" }] : []) },
    tasks: { list: async () => [{ containerId: "0c0000000000ffff", status: "running", pid: 42 }] },
  }),
} as unknown as Containerd;

const find = (id: string) => findContainer(containerd, "k8s.io", id);
const refusal = async (id: string, namespace = "k8s.io") => await failureOf(findContainer(containerd, namespace, id));

test("a container is found by its name, or by the part of its id that is shown", async () => {
  expect(await find("kube-system/coredns-1:coredns")).toEqual({ internalId: "0b0000000000ffff", kind: "container" });
  expect(await find("kube-system/coredns-1:coredns:0a0000000000")).toMatchObject({ internalId: "0a0000000000ffff" });
  expect(await find("default/web")).toEqual({ internalId: "bb22", kind: "sandbox" });
  expect(await findContainer(containerd, "system", "etcd")).toEqual({ internalId: "etcd", kind: "own" });
});

test("what is not there is answered with what may have been meant", async () => {
  expect(await refusal("default/wbe")).toEqual([
    Code.notFound,
    'container "default/wbe" not found, did you mean "default/web"?',
  ]);
  expect((await refusal("default/web:nginx:ffffffffffff"))[1]).toContain('did you mean "default/web:nginx"?');
  expect((await refusal("web"))[1]).toContain('did you mean "default/web"?');
  expect((await refusal("gone/old:old"))[1]).toBe('container "gone/old:old" not found');
  expect((await refusal("etdc", "system"))[1]).toContain('did you mean "etcd"?');
  expect((await refusal("etcd", "moby"))[0]).toBe(Code.invalidArgument);
});

test("every id that is listed is found again", async () => {
  const rows = await listContainers(containerd, "k8s.io");
  expect(rows.map(({ displayId, status, pid }) => [displayId, status, pid])).toEqual([
    ["default/web", ready, 0],
    ["default/web:nginx:0c0000000000", "CONTAINER_RUNNING", 42],
    ["kube-system/coredns-1", ready, 0],
    ["kube-system/coredns-1:coredns:0a0000000000", "CONTAINER_EXITED", 0],
    ["kube-system/coredns-1:coredns:0b0000000000", "CONTAINER_RUNNING", 0],
  ]);
  for (const { displayId, internalId } of rows) expect(await find(displayId)).toMatchObject({ internalId });
});
