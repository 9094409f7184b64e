import type { Client } from "../client/client.ts";
import { podNetworks } from "../client/pod-networks.ts";
import { namespaceOf } from "../commands/namespace.ts";
import type { Completer } from "./completer.ts";

/** Ids of the services of the first node. */
export const services: Completer = async ({ client }) => {
  const [reply] = await (await client()).call("machine.MachineService/ServiceList", {});
  return (reply?.message.services ?? []).map(({ id }) => id);
};

/** Everything on the first node that has a log; with -k, the containers of its pods. */
export const logs: Completer = async ({ client, flag }) => {
  const connected = await client();
  if (flag("kubernetes") === "true") return (await containersIn(connected, true)).filter((id) => id.includes(":"));
  const [reply] = await connected.call("machine.MachineService/LogsContainers", {});
  return reply?.message.ids ?? [];
};

/** Containers of the first node: the system's, or with -k those of Kubernetes. */
export const containers: Completer = async ({ client, flag }) =>
  await containersIn(await client(), flag("kubernetes") === "true");

/** Pods with a network of their own, on all nodes. */
export const pods: Completer = async ({ client }) =>
  [...(await podNetworks(await client())).values()].flatMap((networks) => [...networks.values()]);

async function containersIn(client: Client, kubernetes: boolean): Promise<readonly string[]> {
  const [reply] = await client.call("machine.MachineService/Containers", namespaceOf(kubernetes));
  return (reply?.message.containers ?? []).map(({ id }) => id);
}

/** Images of a default cluster. */
export const images: Completer = async () => (await import("../../config/defaults/images.ts")).clusterImages;

/** Contexts of the client configuration. */
export const contexts: Completer = ({ contexts }) => contexts();
