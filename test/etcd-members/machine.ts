import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { etcdAdvertisedPeerController } from "../../src/controllers/etcd/advertised-peer.ts";
import { etcdConfigController } from "../../src/controllers/etcd/config.ts";
import { etcdMemberController } from "../../src/controllers/etcd/member.ts";
import { etcdPkiController } from "../../src/controllers/etcd/pki.ts";
import { etcdSpecController } from "../../src/controllers/etcd/spec.ts";
import { addressSpecController } from "../../src/controllers/network/address/address-spec.ts";
import { linkStatusController } from "../../src/controllers/network/link/link-status.ts";
import { addressMergeController } from "../../src/controllers/network/merges.ts";
import { operatorSpecController } from "../../src/controllers/network/operator/operator-spec.ts";
import { diskSpaceController } from "../../src/controllers/runtime/diagnostics/disk-space.ts";
import { etcdQuorumController } from "../../src/controllers/runtime/diagnostics/etcd-quorum.ts";
import { etcdCertificatesController } from "../../src/controllers/secrets/etcd.ts";
import { etcdRootController } from "../../src/controllers/secrets/etcd-root.ts";
import { machineWith, setAddresses, setTime } from "../../src/controllers/testing.ts";
import { serviceController } from "../../src/controllers/v1alpha1/service.ts";
import { codeOf } from "../../src/errors/message.ts";
import { statusOf } from "../../src/grpc/status.ts";
import { etcdAlarmDisarm, etcdAlarmList } from "../../src/machined/api/etcd/alarms.ts";
import { bootstrap } from "../../src/machined/api/etcd/bootstrap.ts";
import {
  etcdDowngradeCancel,
  etcdDowngradeEnable,
  etcdDowngradeValidate,
} from "../../src/machined/api/etcd/downgrade.ts";
import { etcdForfeitLeadership, etcdLeaveCluster } from "../../src/machined/api/etcd/leave.ts";
import { etcdDefragment, etcdSnapshot } from "../../src/machined/api/etcd/maintenance.ts";
import { etcdMemberList, etcdRemoveMemberById } from "../../src/machined/api/etcd/members.ts";
import { etcdRecover } from "../../src/machined/api/etcd/recover.ts";
import { etcdStatus } from "../../src/machined/api/etcd/status.ts";
import { BootstrapGate } from "../../src/machined/etcd/bootstrap-gate.ts";
import { RingEventLog } from "../../src/machined/events/event-log.ts";
import { createLogStore } from "../../src/machined/logs/log-store.ts";
import { etcdService } from "../../src/machined/services/etcd.ts";
import { ServiceSupervisor } from "../../src/machined/supervisor/supervisor.ts";
import { Rtnetlink } from "../../src/netlink/rtnetlink/rtnetlink.ts";
import { common } from "../../src/proto/index.ts";
import { unsigned } from "../../src/proto/int64.ts";
import { EtcdMember } from "../../src/resources/etcd/etcd-member.ts";
import { Endpoint } from "../../src/resources/k8s/endpoint.ts";
import { KubeletLifecycle } from "../../src/resources/k8s/kubelet-lifecycle.ts";
import { NodeAddress } from "../../src/resources/network/node-address.ts";
import { OperatorSpec } from "../../src/resources/network/operator-spec.ts";
import { Diagnostic } from "../../src/resources/runtime/diagnostic.ts";
import type { Answer, MachineOptions, Order } from "./orders.ts";
import { programRunner } from "./program-runner.ts";

/**
 * The half of a machine that is etcd's: its controllers, its service, its calls; etcd runs as a process instead of as a
 * container. Takes orders as lines of JSON, and answers each with one.
 */
const options: MachineOptions = JSON.parse(process.argv[2] ?? "{}");
const { config, hostname, address, directory, getsTo } = options;
const place = { data: join(directory, "lib/etcd"), secrets: join(directory, "secrets") };
await mkdir(join(directory, "lib"), { recursive: true });

const log = (level: string, text: string) => console.error(`${new Date().toISOString()} ${level} ${text}`);
const logs = createLogStore();
const bootstrapGate = new BootstrapGate();
let state: Awaited<ReturnType<typeof machineWith>>["state"];

const host = {
  mode: "container",
  log,
  bootstrapGate,
  containerd: () => Promise.reject(new Error("there is none")),
  cgroup: () => undefined,
  get state() {
    return state;
  },
} as unknown as ConstructorParameters<typeof ServiceSupervisor>[1]["host"];
const service = {
  ...etcdService({ place, runner: programRunner(directory, getsTo === "added") }),
  ...{ after: [], restartPauseMs: 500 },
  ...(getsTo === "learner" && { afterStart: async () => {} }),
};
const supervisor = new ServiceSupervisor([service], { host, logs, events: new RingEventLog() });
const rtnetlink = new Rtnetlink();
const machine = await machineWith(
  { config, hostname, addresses: [`${address}/24`] },
  etcdRootController(),
  etcdCertificatesController(),
  etcdPkiController({ directory: place.secrets, user: 0 }),
  etcdConfigController(),
  etcdSpecController(),
  etcdMemberController(),
  etcdAdvertisedPeerController(),
  serviceController(supervisor),
  linkStatusController(rtnetlink),
  operatorSpecController(),
  addressMergeController(),
  addressSpecController(rtnetlink),
  diskSpaceController({ path: join(directory, "lib"), againMs: 100 }),
  etcdQuorumController({ againMs: 500 }),
);
state = machine.state;
await setTime(machine);
await supervisor.start("etcd");

const call = () => ({ signal: new AbortController().signal }) as Parameters<typeof etcdStatus>[2];
const cluster = { state, supervisor };
const nothing = {} as never;

/** What may be ordered, by name. */
const orders: Record<Order["order"], (given: never) => Promise<unknown>> = {
  service: async () => {
    const found = supervisor.list().find(({ id }) => id === "etcd");
    const last = found?.events.at(-1)?.message ?? "";
    const starts = found?.events
      .map(({ message }) => /PID (\d+)/.exec(message)?.[1])
      .filter((pid) => pid !== undefined);
    return { state: found?.state, last, pid: Number(starts?.at(-1) ?? 0), ...found?.health };
  },
  bootstrap: (recover: { skipHashCheck: boolean } | undefined) =>
    bootstrap(
      { state, bootstrapGate },
      { recover_etcd: recover !== undefined, recover_skip_hash_check: recover?.skipHashCheck ?? false } as never,
      call(),
      place,
    ),
  recover: (path: string) => etcdRecover(cluster, piecesOf(path), call(), place),
  know: async (addresses: string[]) => {
    await state.modify(Endpoint, "kube-apiserver", () => ({ addresses, hosts: [] }));
  },
  move: async (to: string) => {
    await setAddresses(machine, [`${to}/24`]);
    // Certificates keep the address that others still know.
    const addresses = [`${address}/24`, `${to}/24`];
    for (const id of ["accumulative", "accumulative-no-k8s"]) {
      await state.modify(NodeAddress, id, () => ({ addresses, sortAlgorithm: "v1" as const }));
    }
  },
  memberId: async () => (await state.get(EtcdMember, "local"))?.spec.memberID,
  lastLines: async (count: number) => logs.get("etcd")?.lastLines(count),
  logged: async () => machine.logged,
  start: async () => supervisor.start("etcd"),
  members: (local: boolean) => etcdMemberList(cluster, { query_local: local } as never, call()),
  status: () => etcdStatus(cluster, nothing, call()),
  leave: () => etcdLeaveCluster(cluster, nothing, call(), place),
  forfeit: () => etcdForfeitLeadership(cluster, nothing, call()),
  remove: (member_id: string) =>
    etcdRemoveMemberById(cluster, { member_id: unsigned(BigInt(`0x${member_id}`)) } as never, call()),
  alarms: () => etcdAlarmList(cluster, nothing, call()),
  disarm: () => etcdAlarmDisarm(cluster, nothing, call()),
  defrag: () => etcdDefragment(cluster, nothing, call()),
  downgradeValidate: (version: string) => etcdDowngradeValidate(cluster, { version } as never, call()),
  downgradeEnable: (version: string) => etcdDowngradeEnable(cluster, { version } as never, call()),
  downgradeCancel: () => etcdDowngradeCancel(cluster, nothing, call()),
  snapshot: async (path: string) => {
    const sink = Bun.file(path).writer();
    for await (const { bytes } of etcdSnapshot(cluster, nothing, call())) sink.write(bytes as Uint8Array);
    await sink.end();
  },
  fill: async () => {
    const file = await open(join(directory, "lib/filler"), "w");
    const block = new Uint8Array(1 << 16);
    try {
      while (true) await file.write(block);
    } catch (thrown) {
      return codeOf(thrown);
    } finally {
      await file.close();
    }
  },
  free: () => rm(join(directory, "lib/filler")),
  diagnostic: async (id: string) => (await state.get(Diagnostic, id))?.spec,
  share: async (addresses: string[]) => {
    await state.create(KubeletLifecycle, "kubelet", {});
    for (const ip of addresses) {
      await state.create(OperatorSpec, `vip/eth0/${ip}`, {
        ...{ operator: "vip", linkName: "eth0", requireUp: true, layer: "configuration" },
        vip: { ip, gratuitousARP: true },
      });
    }
  },
  /** What a machine does that is about to shut down, until nobody needs the kubelet any more. */
  farewell: async () => {
    await state.teardown(KubeletLifecycle, "kubelet");
    for await (const event of state.watch(KubeletLifecycle, { id: "kubelet", signal: call().signal })) {
      if ("resource" in event && event.resource.metadata.finalizers.length === 0) break;
    }
    await state.destroy(KubeletLifecycle, "kubelet");
  },
  keys: (request: { verb: string; body: object }) => keys(request),
};

/** Keys over etcd's JSON gateway, as a client on this machine. */
async function keys({ verb, body }: { verb: string; body: object }): Promise<unknown> {
  const read = (name: string) => Bun.file(join(place.secrets, name)).text();
  const tls = { ca: await read("ca.crt"), cert: await read("admin.crt"), key: await read("admin.key") };
  const response = await fetch(`https://127.0.0.1:2379/v3/kv/${verb}`, {
    method: "POST",
    body: JSON.stringify(body),
    tls,
    signal: AbortSignal.timeout(30_000),
  });
  if (!response.ok) throw new Error(await response.text());
  return await response.json();
}

/** A file as a client uploads it. */
async function* piecesOf(path: string) {
  for await (const bytes of Bun.file(path).stream()) yield new common.Data({ bytes });
}

async function answer({ id, order, given }: Order): Promise<Answer> {
  try {
    return { id, result: await orders[order](given as never) };
  } catch (thrown) {
    return { id, failure: statusOf(thrown) };
  }
}

const plain = (_: string, value: unknown) => (typeof value === "bigint" ? value.toString(16).padStart(16, "0") : value);
for await (const line of createInterface({ input: process.stdin })) {
  void answer(JSON.parse(line)).then((given) => process.stdout.write(`${JSON.stringify(given, plain)}\n`));
}
// Whoever gave the orders is gone: nothing stays behind.
await supervisor.stop("etcd");
process.exit(0);
