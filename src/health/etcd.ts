import { toBigInt } from "../proto/int64.ts";
import { api } from "../proto/methods.ts";
import type { ClusterInfo, MachineAccess } from "./cluster.ts";
import { eachNode } from "./each-node.ts";

/** Every control plane's etcd knows the same members. @throws Error naming the one that differs. */
export async function membersAgree(cluster: ClusterInfo, signal: AbortSignal): Promise<undefined> {
  const views = await eachNode(cluster, cluster.controlPlanes, async (machine, node) => {
    const members = await membersOf(machine, signal);
    return { node: node.address, members: members.map(describe).toSorted().join(", ") };
  });
  const [first, ...others] = views;
  const other = others.find(({ members }) => members !== first?.members);
  if (first === undefined || other === undefined) return undefined;
  throw new Error(`${first.node} knows the members ${first.members}, and ${other.node} knows ${other.members}`);
}

/** No member of etcd is anything but a control plane node. @throws Error naming those that are. */
export async function membersAreControlPlanes(cluster: ClusterInfo, signal: AbortSignal): Promise<undefined> {
  const [first] = cluster.controlPlanes;
  if (first === undefined) throw new Error("no control plane node is known");
  const known = new Set(cluster.controlPlanes.flatMap(({ addresses }) => addresses));
  const members = await membersOf(cluster.machine(first.address), signal);
  const addresses = members.flatMap(({ peer_urls }) => peer_urls.map(hostOf));
  const strangers = addresses.filter((address) => !known.has(address));
  if (strangers.length === 0) return undefined;
  throw new Error(`etcd members ${strangers.join(", ")} are none of the control plane nodes ${[...known].join(", ")}`);
}

async function membersOf({ channel }: MachineAccess, signal: AbortSignal) {
  const reply = await channel.unary(api("machine.MachineService/EtcdMemberList"), {}, { signal });
  return reply.messages.flatMap(({ members }) => members);
}

type Member = Awaited<ReturnType<typeof membersOf>>[number];

const describe = ({ hostname, id, is_learner }: Member): string =>
  `${hostname}/${toBigInt(id).toString(16)}${is_learner ? " (learner)" : ""}`;

/** `https://[fd00::1]:2380` is at `fd00::1`. */
const hostOf = (url: string): string => (URL.parse(url)?.hostname ?? url).replace(/^\[(.*)\]$/, "$1");
