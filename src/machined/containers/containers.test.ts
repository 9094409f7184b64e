import { expect, test } from "bun:test";
import type { ContainerSpec } from "../../containerd/spec/build.ts";
import { buildRuntimeSpec } from "../../containerd/spec/build.ts";
import { allCapabilities, grantableCapabilities } from "../../containerd/spec/capabilities.ts";
import { memoryState } from "../../cosi/memory/memory-state.ts";
import { EtcdSpec } from "../../resources/etcd/etcd-spec.ts";
import { kubeletContainer } from "../kubelet/container.ts";
import { changes } from "../supervisor/resource-changes.ts";
import { endOf } from "./exit.ts";
import { withinLimits } from "./host-limits.ts";

const etcd = {
  ...{ name: "node-1", image: "registry.example/etcd:v1", extraArgs: {}, advertisedAddresses: ["10.0.2.15"] },
  ...{ listenPeerAddresses: ["::"], listenClientAddresses: ["::"] },
};
const here = { environment: {}, sharedKernel: false };

test("the kubelet shares the machine's namespaces, and the owner's mounts come last", () => {
  const mount = { destination: "/data", type: "bind", source: "/var/mnt/data", options: ["rbind", "rw"] };
  const extraMounts = [{ ...mount, uidmappings: [], gidmappings: [] }];
  const spec = buildRuntimeSpec(kubeletContainer({ image: "i", args: ["--v=2"], extraMounts, config: {} }, here));
  expect(spec.linux.namespaces).toEqual([{ type: "mount" }]);
  expect(spec.linux.rootfsPropagation).toBe("shared");
  expect(spec.mounts.at(-1)).toEqual(mount);
  expect(spec.process.args).toEqual(["/usr/local/bin/kubelet", "--v=2"]);
});

test("a machine that is itself a container hands on no more than it has", () => {
  const spec: ContainerSpec = {
    args: ["/x"],
    env: {},
    isolate: [],
    cgroup: "/x",
    mounts: [],
    capabilities: grantableCapabilities,
    oomScoreAdjust: -998,
  };
  const all = (1n << BigInt(allCapabilities.length)) - 1n;
  const resource = 1n << 24n;
  const full = withinLimits(spec, { bounding: all, effective: all, oomScoreAdjust: 0 });
  expect(full).toEqual({ ...spec, capabilities: [...grantableCapabilities] });
  const less = withinLimits(spec, { bounding: all & ~resource, effective: all & ~resource, oomScoreAdjust: 100 });
  expect(less.capabilities).toEqual(grantableCapabilities.filter((name) => name !== "CAP_SYS_RESOURCE"));
  expect(less.oomScoreAdjust).toBe(100);
});

test("an exit status tells a code or a signal", () => {
  expect(endOf(0)).toEqual({ code: 0, signal: undefined });
  expect(endOf(137)).toEqual({ code: undefined, signal: "SIGKILL" });
  expect(endOf(255)).toEqual({ code: 255, signal: undefined });
});

test("a change of the spec is seen, and an end of the wait is not one", async () => {
  const state = memoryState();
  await state.create(EtcdSpec, "etcd", etcd);
  const stop = new AbortController();
  const stopped = changes(state, { kind: EtcdSpec, id: "etcd" }, stop.signal);
  stop.abort();
  await expect(stopped).rejects.toThrow();
  const changed = changes(state, { kind: EtcdSpec, id: "etcd" }, new AbortController().signal);
  // The wait begins with what is there: let it see that first.
  await new Promise((resolve) => setImmediate(resolve));
  await state.modify(EtcdSpec, "etcd", () => ({ ...etcd, name: "other" }));
  await changed;
  expect((await state.get(EtcdSpec, "etcd"))?.spec.name).toBe("other");
});
