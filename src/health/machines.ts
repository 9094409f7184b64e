import { toNumber } from "../proto/int64.ts";
import { api } from "../proto/methods.ts";
import { VolumeStatus } from "../resources/block/volume-status.ts";
import { Diagnostic } from "../resources/runtime/diagnostic.ts";
import type { CheckOutcome } from "./check.ts";
import { allNodes, type ClusterInfo, type ClusterNode, type MachineAccess } from "./cluster.ts";
import { eachNode } from "./each-node.ts";
import { inShort } from "./with-diagnoses.ts";

const mib = 1_048_576;
/** What each kind of machine needs, less what the kernel keeps for itself. */
const memoryBytes = { controlPlane: (1_848 - 150) * mib, worker: (1_024 - 150) * mib };
/** A disk of 6 GiB, less the boot (100 + 1 + 2000 MiB), META and STATE partitions and the partition table. */
const ephemeralBytes = (6_144 - 2_101 - 1 - 100 - 10) * mib;

/** The API of every machine answers. */
export async function apiAnswers(cluster: ClusterInfo, signal: AbortSignal): Promise<undefined> {
  await eachNode(cluster, allNodes(cluster), (machine) => version(machine, signal));
  return undefined;
}

/** Every machine has the memory that its work takes. Containers have their host's. */
export async function memorySuffices(cluster: ClusterInfo, signal: AbortSignal): Promise<undefined> {
  const enough = async (nodes: readonly ClusterNode[], neededBytes: number) =>
    await eachNode(cluster, nodes, async (machine) => {
      if (await isContainer(machine, signal)) return;
      const reply = await machine.channel.unary(api("machine.MachineService/Memory"), {}, { signal });
      const totalBytes = toNumber(reply.messages[0]?.meminfo?.memtotal ?? 0) * 1_024;
      if (totalBytes < neededBytes) {
        throw new Error(`it has ${inMib(totalBytes)} of memory, and needs ${inMib(neededBytes)}`);
      }
    });
  await enough(cluster.controlPlanes, memoryBytes.controlPlane);
  await enough(cluster.workers, memoryBytes.worker);
  return undefined;
}

/** Every machine has room for images, pods and etcd's data. */
export async function diskSuffices(cluster: ClusterInfo, signal: AbortSignal): Promise<undefined> {
  await eachNode(cluster, allNodes(cluster), async (machine) => {
    if (await isContainer(machine, signal)) return;
    const volume = (await machine.state.get(VolumeStatus, "EPHEMERAL"))?.spec;
    if (volume === undefined) throw new Error("there is no EPHEMERAL volume yet");
    const { size = 0, location = "EPHEMERAL" } = volume;
    if (size >= ephemeralBytes) return;
    throw new Error(`${location} has ${inMib(size)}, and needs ${inMib(ephemeralBytes)}`);
  });
  return undefined;
}

/** No machine knows of anything that a person should look at. */
export async function nothingToDiagnose(cluster: ClusterInfo): Promise<CheckOutcome> {
  await eachNode(cluster, allNodes(cluster), async ({ state }) => {
    const diagnostics = await state.list(Diagnostic);
    if (diagnostics.length > 0) throw new Error(diagnostics.map(({ spec }) => inShort(spec)).join(", "));
  });
  return "OK";
}

const isContainer = async (machine: MachineAccess, signal: AbortSignal): Promise<boolean> =>
  (await version(machine, signal)).messages[0]?.platform?.mode === "container";

const version = ({ channel }: MachineAccess, signal: AbortSignal) =>
  channel.unary(api("machine.MachineService/Version"), {}, { signal });

const inMib = (bytes: number): string => `${Math.floor(bytes / mib)} MiB`;
