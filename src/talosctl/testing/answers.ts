import type { Call } from "../../grpc/call.ts";
import type { Handlers } from "../../grpc/handler.ts";
import { implement } from "../../grpc/implement.ts";
import { Code, StatusError } from "../../grpc/status.ts";
import { cosi, machine } from "../../proto/index.ts";
import { methods } from "../../proto/methods.ts";

/** The nodes a call is about; each answers, as behind apid. */
const nodesOf = (call: Call): readonly string[] => call.metadata.get("nodes") ?? ["10.0.2.15"];
const metadata = (hostname: string) => ({ hostname });
const seconds = (at: string) => ({ seconds: Math.floor(Date.parse(at) / 1_000), nanos: 0 });
const { resource } = cosi;

const definition = resource.meta.ResourceDefinitionSpec.encode({
  resource_type: "AddressStatuses.net.talos.dev",
  display_type: "AddressStatus",
  default_namespace: "network",
  aliases: ["address", "addresses"],
  all_aliases: ["address", "addresses", "addressstatus", "addressstatuses", "as"],
  print_columns: [
    { name: "Address", json_path: "{.address}" },
    { name: "Link", json_path: "{.linkName}" },
  ],
}).finish();

const definitionMetadata = {
  namespace: "meta",
  type: "ResourceDefinitions.meta.cosi.dev",
  id: "addressstatuses.net.talos.dev",
  version: "1",
  phase: "running",
  created: seconds("2026-01-02T03:04:05Z"),
  updated: seconds("2026-01-02T03:04:05Z"),
};

const address = (node: string) => ({
  metadata: {
    namespace: "network",
    type: "AddressStatuses.net.talos.dev",
    id: "eth0/10.0.2.15/24",
    version: "2",
    owner: "network.AddressStatusController",
    phase: "running",
    created: seconds("2026-01-02T03:04:05Z"),
    updated: seconds("2026-01-02T03:04:06Z"),
    labels: { node },
  },
  spec: { yaml_spec: "address: 10.0.2.15/24\nlinkName: eth0\n" },
});

/** Answers of a machine that stands still, the same at every call. A node called "broken" fails. */
export const answers: Handlers = {
  "machine.MachineService/Version": implement(methods["machine.MachineService/Version"], async (_, call) => ({
    messages: nodesOf(call).map((node) => ({
      metadata: metadata(node),
      version: { tag: "v1.12.8", sha: "machined-0.1.0", built: "", go_version: "bun1.4.5", os: "linux", arch: "amd64" },
      platform: { name: "metal", mode: "metal" },
      features: { rbac: true },
    })),
  })),
  "machine.MachineService/Memory": implement(methods["machine.MachineService/Memory"], async (_, call) => ({
    messages: nodesOf(call).map((node) =>
      node === "broken"
        ? { metadata: { hostname: node, error: "connection refused" } }
        : {
            metadata: metadata(node),
            meminfo: {
              memtotal: 2_048_000,
              memfree: 1_024_000,
              memavailable: 1_500_000,
              buffers: 2_048,
              cached: 512_000,
              shmem: 1_024,
            },
          },
    ),
  })),
  "machine.MachineService/ServiceList": implement(methods["machine.MachineService/ServiceList"], async (_, call) => ({
    messages: nodesOf(call).map((node) => ({
      metadata: metadata(node),
      services: [
        {
          id: "kubelet",
          state: "Running",
          events: {
            events: [
              { state: "Waiting", msg: "Waiting for containerd", ts: seconds("2026-01-01T00:00:00Z") },
              { state: "Running", msg: "Health check successful", ts: seconds("2026-01-01T00:00:09Z") },
            ],
          },
          health: { unknown: false, healthy: true, last_message: "", last_change: seconds("2026-01-01T00:00:09Z") },
        },
        {
          id: "udevd",
          state: "Starting",
          events: { events: [{ state: "Starting", msg: "Starting", ts: seconds("2026-01-01T00:00:00Z") }] },
          health: { unknown: true },
        },
      ],
    })),
  })),
  "machine.MachineService/ServiceRestart": implement(
    methods["machine.MachineService/ServiceRestart"],
    async ({ id }, call) => ({
      messages: nodesOf(call).map((node) => ({ metadata: metadata(node), resp: `Service "${id}" restarted` })),
    }),
  ),
  "machine.MachineService/ServiceStop": implement(methods["machine.MachineService/ServiceStop"], async () => {
    throw new StatusError(Code.permissionDenied, "not authorized");
  }),
  "machine.MachineService/Copy": implement(methods["machine.MachineService/Copy"], async function* () {
    const archive = new Bun.Archive({ hello: "world" }, { compress: "gzip" });
    yield { bytes: new Uint8Array(await archive.bytes()) };
  }),
  "machine.MachineService/Containers": implement(methods["machine.MachineService/Containers"], async (_, call) => ({
    messages: nodesOf(call).map((node) => ({
      metadata: metadata(node),
      containers: [
        {
          namespace: "k8s.io",
          id: "kube-system/pause",
          pod_id: "kube-system/pause",
          image: "pause:3.10",
          pid: 42,
          status: "SANDBOX_READY",
        },
        {
          namespace: "k8s.io",
          id: "kube-system/pause:pause",
          pod_id: "kube-system/pause",
          image: "pause:3.10",
          pid: 43,
          status: "CONTAINER_RUNNING",
        },
      ],
    })),
  })),
  "machine.MachineService/Stats": implement(methods["machine.MachineService/Stats"], async (_, call) => ({
    messages: nodesOf(call).map((node) => ({
      metadata: metadata(node),
      stats: [{ namespace: "system", id: "etcd", pod_id: "etcd", memory_usage: 123_456_789, cpu_usage: 42 }],
    })),
  })),
  "machine.MachineService/Mounts": implement(methods["machine.MachineService/Mounts"], async (_, call) => ({
    messages: nodesOf(call).map((node) => ({
      metadata: metadata(node),
      stats: [
        { filesystem: "/dev/vda6", size: 10_000_000_000, available: 7_500_000_000, mounted_on: "/var" },
        { filesystem: "proc", size: 0, available: 0, mounted_on: "/proc" },
      ],
    })),
  })),
  "machine.MachineService/Processes": implement(methods["machine.MachineService/Processes"], async (_, call) => ({
    messages: nodesOf(call).map((node) => ({
      metadata: metadata(node),
      processes: [
        {
          pid: 1,
          ppid: 0,
          state: "S",
          threads: 5,
          cpu_time: 1.5,
          virtual_memory: 82_000_000,
          resident_memory: 26_000_000,
          command: "init",
          executable: "/sbin/init",
          args: "init -x",
          label: "",
        },
        {
          pid: 2,
          ppid: 0,
          state: "I",
          threads: 1,
          cpu_time: 9,
          virtual_memory: 0,
          resident_memory: 0,
          command: "kthreadd",
          executable: "",
          args: "",
          label: "",
        },
      ],
    })),
  })),
  "machine.MachineService/Logs": implement(methods["machine.MachineService/Logs"], async function* ({ id }, call) {
    if (id === "nothing") throw new StatusError(Code.notFound, 'Cannot read the log of "nothing": there is none');
    for (const node of nodesOf(call)) {
      yield { metadata: metadata(node), bytes: Buffer.from("first li") };
      yield { metadata: metadata(node), bytes: Buffer.from("ne\nsecond line\n") };
    }
  }),
  "machine.MachineService/Dmesg": implement(methods["machine.MachineService/Dmesg"], async function* (_, call) {
    for (const node of nodesOf(call)) yield { metadata: metadata(node), bytes: Buffer.from("kern: info: hello\n") };
  }),
  "machine.MachineService/Read": implement(methods["machine.MachineService/Read"], async function* ({ path }) {
    yield { metadata: metadata("10.0.2.15"), bytes: Buffer.from(`content of ${path}\n`) };
  }),
  "machine.MachineService/List": implement(methods["machine.MachineService/List"], async function* (_, call) {
    for (const node of nodesOf(call)) {
      yield {
        metadata: metadata(node),
        name: "/etc",
        relative_name: ".",
        mode: 2 ** 31 + 0o755,
        is_dir: true,
        size: 4_096,
        modified: 1_700_000_000,
      };
      yield {
        metadata: metadata(node),
        name: "/etc/mtab",
        relative_name: "mtab",
        mode: 2 ** 27 + 0o777,
        size: 19,
        modified: 1_700_000_000,
        link: "/proc/mounts",
      };
      yield { metadata: metadata(node), name: "/etc/secret", error: "permission denied" };
    }
  }),
  "machine.MachineService/DiskUsage": implement(methods["machine.MachineService/DiskUsage"], async function* (_, call) {
    for (const node of nodesOf(call))
      yield { metadata: metadata(node), name: "/var", relative_name: "var", size: 1_234_567 };
  }),
  "machine.MachineService/Events": implement(methods["machine.MachineService/Events"], async function* (_, call) {
    for (const node of nodesOf(call)) {
      yield { metadata: metadata(node) };
      const value = machine.PhaseEvent.encode({ phase: "drain", action: machine.PhaseEvent.Action.STOP }).finish();
      yield {
        metadata: metadata(node),
        id: "cq1",
        actor_id: "a-1",
        data: { type_url: "talos/runtime/machine.PhaseEvent", value },
      };
    }
  }),
  "cosi.resource.State/List": implement(methods["cosi.resource.State/List"], async function* ({ type }, call) {
    if (type === "ResourceDefinitions.meta.cosi.dev")
      yield { resource: { metadata: definitionMetadata, spec: { proto_spec: definition, yaml_spec: "{}" } } };
    else yield { resource: address(call.metadata.get("node")?.[0] ?? "") };
  }),
  "cosi.resource.State/Get": implement(methods["cosi.resource.State/Get"], async ({ id }, call) => {
    if (id === "none")
      throw new StatusError(Code.notFound, `resource AddressStatuses.net.talos.dev(network/${id}) doesn't exist`);
    return { resource: address(call.metadata.get("node")?.[0] ?? "") };
  }),
  "cosi.resource.State/Watch": implement(methods["cosi.resource.State/Watch"], async function* (_, call) {
    const node = call.metadata.get("node")?.[0] ?? "";
    yield { event: [] };
    for (const event_type of [0, 3, 1, 2]) yield { event: [{ event_type, resource: address(node) }] };
  }),
  "inspect.InspectService/ControllerRuntimeDependencies": implement(
    methods["inspect.InspectService/ControllerRuntimeDependencies"],
    async (_, call) => ({
      messages: nodesOf(call).map((node) => ({
        metadata: metadata(node),
        edges: [
          {
            controller_name: "network.AddressStatusController",
            edge_type: 0,
            resource_namespace: "network",
            resource_type: "AddressStatuses.net.talos.dev",
          },
          {
            controller_name: "network.NodeAddressController",
            edge_type: 2,
            resource_namespace: "network",
            resource_type: "AddressStatuses.net.talos.dev",
          },
        ],
      })),
    }),
  ),
};
