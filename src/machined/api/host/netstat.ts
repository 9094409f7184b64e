import { readNetworkNamespaces } from "../../../linux/proc/network-namespaces.ts";
import { readSocketOwners, type SocketOwner } from "../../../linux/proc/socket-owners.ts";
import { readSockets, type Socket, type SocketTable, socketTables } from "../../../linux/proc/sockets.ts";
import type { machine } from "../../../proto/index.ts";

/** A socket, and the name of the network that it is in: none for the machine's own. */
type Placed = Socket & { readonly network: string };

const Filter = { connected: 1, listening: 2 } as const;

/** MachineService/Netstat: sockets of the machine's network and of pods'. */
export async function netstat({
  filter,
  feature,
  l4proto,
  netns,
}: machine.NetstatRequest): Promise<machine.NetstatResponse.$Properties> {
  const tables =
    l4proto === null || l4proto === undefined ? socketTables : socketTables.filter((name) => l4proto[name]);
  const sockets = (await Promise.all((await networksOf(netns)).map((network) => read(tables, network)))).flat();
  const shown = sockets.filter((socket) => isWanted(socket, filter));
  const owners = feature?.pid ? await readSocketOwners() : new Map<number, SocketOwner>();
  return { messages: [{ connectrecord: shown.map((socket) => recordOf(socket, owners.get(socket.inode))) }] };
}

interface Network {
  readonly name: string;
  readonly pid: number | "self";
}

/** The networks that are asked for; the machine's own where nothing is said. */
async function networksOf(wanted: machine.NetstatRequest["netns"]): Promise<Network[]> {
  const own: Network = { name: "", pid: "self" };
  if (wanted === null || wanted === undefined) return [own];
  const { hostnetwork, allnetns, netns } = wanted;
  const named = allnetns || netns.length > 0 ? await readNetworkNamespaces() : new Map<string, number>();
  const chosen = [...named].filter(([name]) => allnetns || netns.includes(name)).map(([name, pid]) => ({ name, pid }));
  return hostnetwork ? [own, ...chosen] : chosen;
}

async function read(tables: readonly SocketTable[], { name, pid }: Network): Promise<Placed[]> {
  const sockets = await Promise.all(tables.map((table) => readSockets(table, pid)));
  return sockets.flat().map((socket) => ({ ...socket, network: name }));
}

/** Listening is who hears from anybody, connected who has a peer: so are sockets of UDP sorted, which have no states. */
function isWanted({ remote: { address, port } }: Socket, filter: number): boolean {
  const isAnybody = address === "0.0.0.0" || address === "::";
  if (filter === Filter.connected) return !isAnybody && port !== 0;
  if (filter === Filter.listening) return isAnybody && port === 0;
  return true;
}

const recordOf = (socket: Placed, owner: SocketOwner | undefined): machine.ConnectRecord.$Properties => ({
  l4proto: socket.table,
  localip: socket.local.address,
  localport: socket.local.port,
  remoteip: socket.remote.address,
  remoteport: socket.remote.port,
  state: socket.state,
  txqueue: socket.sendQueueBytes,
  rxqueue: socket.receiveQueueBytes,
  tr: socket.timer,
  timerwhen: socket.timerCentiseconds,
  retrnsmt: socket.retransmissions,
  uid: socket.uid,
  timeout: socket.probes,
  inode: socket.inode,
  ref: socket.references,
  pointer: socket.pointer,
  // Clients read it unasked: it is never left out.
  process: { pid: owner?.pid ?? 0, name: owner?.name ?? "" },
  netns: socket.network,
});
