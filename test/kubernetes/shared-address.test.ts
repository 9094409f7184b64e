import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { wishes } from "../../src/controllers/layered.ts";
import { operatorSpecController } from "../../src/controllers/network/operator/operator-spec.ts";
import { runtimeWith, type TestRuntime } from "../../src/cosi/testing.ts";
import { connectEtcd } from "../../src/etcd/client.ts";
import { KubeletLifecycle } from "../../src/resources/k8s/kubelet-lifecycle.ts";
import { StaticPodStatus } from "../../src/resources/k8s/static-pod-status.ts";
import { AddressSpec } from "../../src/resources/network/address-spec.ts";
import { LinkStatus } from "../../src/resources/network/link-status.ts";
import { OperatorSpec } from "../../src/resources/network/operator-spec.ts";
import { Service } from "../../src/resources/v1alpha1/service.ts";
import { type ControlPlane, startControlPlane } from "../support/control-plane.ts";

const minuteMs = 60_000;
const address = "192.0.2.100";
const id = `vip/eth0/eth0/${address}/32`;

const eth0: LinkStatus = {
  ...{ index: 2, type: "ether", linkIndex: 0, flags: 0, hardwareAddr: "52:54:00:00:00:01", permanentAddr: "" },
  ...{ broadcastAddr: "", mtu: 1_500, queueDisc: "", operationalState: "up", kind: "", slaveKind: "" },
  ...{ linkState: true, port: "Other", duplex: "Unknown" },
};

const vip: OperatorSpec = {
  ...{ operator: "vip", linkName: "eth0", requireUp: true, layer: "configuration" },
  vip: { ip: address, gratuitousARP: true },
};

describe("an address that the control plane shares", () => {
  let cluster: ControlPlane;

  beforeAll(async () => {
    cluster = await startControlPlane({ components: [] });
  }, 4 * minuteMs);
  afterAll(() => cluster?.[Symbol.asyncDispose](), 4 * minuteMs);

  async function startMachine(): Promise<TestRuntime> {
    const { ca, certificate, key, endpoint } = cluster.etcd;
    const tls = { certificate, key, authorities: [ca] };
    const connect = async () => connectEtcd({ host: "localhost", port: Number(new URL(endpoint).port), tls });
    const machine = await runtimeWith(operatorSpecController({ connect }));
    await machine.state.create(LinkStatus, "eth0", eth0);
    await machine.state.create(OperatorSpec, `vip/eth0/${address}`, vip);
    await machine.state.create(KubeletLifecycle, "kubelet", {});
    await machine.state.create(Service, "etcd", { running: true, healthy: true, unknown: false });
    return machine;
  }

  const apiServer = "kube-system/kube-apiserver-node-1";

  test(
    "goes to another machine when this one has no API server any more",
    async () => {
      await using first = await startMachine();
      await first.eventually(AddressSpec, id, () => true, wishes);
      await using second = await startMachine();
      await first.state.create(StaticPodStatus, apiServer, {});
      // When it has this one it has looked around again.
      const other = { ...vip, vip: { ip: "192.0.2.101", gratuitousARP: true } };
      await first.state.create(OperatorSpec, "vip/eth0/192.0.2.101", other);
      await first.eventually(AddressSpec, "vip/eth0/eth0/192.0.2.101/32", () => true, wishes);
      await first.state.teardown(StaticPodStatus, apiServer);
      await first.state.destroy(StaticPodStatus, apiServer);
      await second.eventually(AddressSpec, id, () => true, wishes);
      expect(await holds(first)).toBe(false);
    },
    4 * minuteMs,
  );

  const holds = async ({ state }: TestRuntime) => (await state.get(AddressSpec, id, wishes)) !== undefined;

  test(
    "is one machine's, and another's when that one has no etcd any more",
    async () => {
      await using first = await startMachine();
      await first.eventually(AddressSpec, id, ({ spec }) => spec.announceWithARP === true, wishes);
      await using second = await startMachine();
      expect([await holds(first), await holds(second)]).toEqual([true, false]);
      await first.state.modify(Service, "etcd", () => ({ running: true, healthy: false, unknown: false }));
      await first.eventuallyGone(AddressSpec, id, wishes);
      await second.eventually(AddressSpec, id, () => true, wishes);
      expect(second.logged.some((line) => line.includes(`has the shared address ${address}`))).toBe(true);
      expect(await holds(first)).toBe(false);
    },
    4 * minuteMs,
  );
});
