import { Failure } from "../../errors/failure.ts";
import type { machine } from "../../proto/index.ts";
import { optional } from "../argument.ts";
import type { Client, NodeReply, Request } from "../client/client.ts";
import { type PodNetworks, podNetworks } from "../client/pod-networks.ts";
import { command } from "../command.ts";
import { pods } from "../completion/sources.ts";
import { boolean, type FlagValues } from "../flag.ts";
import { socketTable } from "../output/socket-table.ts";

const method = "machine.MachineService/Netstat";

const flags = {
  verbose: boolean({ doc: "Sockets of every protocol; by default those of TCP and UDP", short: "v" }),
  extend: boolean({ doc: "Show the user and the inode", short: "x" }),
  programs: boolean({ doc: "Show the process that holds the socket", short: "p" }),
  timers: boolean({ doc: "Show the timer", short: "o" }),
  listening: boolean({ doc: "Sockets that wait for a peer", short: "l" }),
  all: boolean({ doc: "Sockets with a peer and without; by default those with one", short: "a" }),
  pods: boolean({ doc: "Also sockets of pods", short: "k" }),
  tcp: boolean({ doc: "Only TCP", short: "t" }),
  udp: boolean({ doc: "Only UDP", short: "u" }),
  udplite: boolean({ doc: "Only UDP-Lite", short: "U" }),
  raw: boolean({ doc: "Only raw sockets", short: "w" }),
  ipv4: boolean({ doc: "Only IPv4", short: "4" }),
  ipv6: boolean({ doc: "Only IPv6", short: "6" }),
};
type Wanted = FlagValues<typeof flags>;

export const netstat = command({
  name: "netstat",
  aliases: ["ss"],
  summary: "Show network connections and sockets",
  description: "Those of the machine itself, or of one pod. Pods in the machine's network have none of their own.",
  group: "manage",
  args: { pod: optional("namespace/name", { complete: pods }) },
  flags,
  examples: [
    "talosctl netstat # connections of TCP and UDP",
    "talosctl netstat -l -p # who listens",
    "talosctl netstat -a kube-system/coredns-5d78c9869d-abcde",
  ],
  async run({ args: { pod }, flags, client, print }) {
    if (pod !== undefined && flags.pods) {
      throw new Failure(`Cannot show sockets of "${pod}": --pods asks for those of all pods`, {
        hint: "Leave out one of the two",
      });
    }
    const connected = await client();
    const networks = pod === undefined && !flags.pods ? undefined : await podNetworks(connected);
    const replies =
      pod === undefined || networks === undefined
        ? await connected.call(method, requestOf(flags))
        : await socketsOfPod(connected, flags, pod, networks);
    await print(socketTable(replies, { ...flags, pods: flags.pods ? networks : undefined }));
  },
});

async function socketsOfPod(
  client: Client,
  flags: Wanted,
  pod: string,
  networks: PodNetworks,
): Promise<NodeReply<machine.Netstat>[]> {
  for (const [node, pods] of networks) {
    const [network] = [...pods].find(([, name]) => name === pod.toLowerCase()) ?? [];
    if (network === undefined) continue;
    const request = { ...requestOf(flags), netns: { netns: [network] } };
    // The endpoint answers for itself under a name that is nobody's address.
    const { messages } = await client.at(client.nodes.includes(node) ? node : "", method, request);
    return messages.map((message) => ({ node, message }));
  }
  throw new Failure(`Cannot show sockets of "${pod}": no node has a pod of this name with a network of its own`, {
    hint: "talosctl containers -k lists pods as namespace/name",
  });
}

/** Both versions of the chosen protocols, or the chosen version of the usual ones. */
function requestOf(flags: Wanted): Request<typeof method> {
  const { verbose, tcp, udp, udplite, raw, ipv4, ipv6 } = flags;
  const isDefault = !(tcp || udp || udplite || raw);
  const chosen = { tcp: tcp || isDefault, udp: udp || isDefault, udplite, raw };
  const [four, six] = [ipv4 || !ipv6, ipv6 || !ipv4];
  const l4proto = Object.entries(chosen).flatMap(([name, isChosen]) => [
    [name, four && (isChosen || verbose)],
    [`${name}6`, six && (isChosen || verbose)],
  ]);
  return {
    filter: flags.all ? 0 : flags.listening ? 2 : 1,
    feature: { pid: flags.programs },
    l4proto: Object.fromEntries(l4proto),
    netns: { hostnetwork: true, allnetns: flags.pods },
  };
}
