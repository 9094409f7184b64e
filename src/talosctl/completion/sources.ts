import type { Completer } from "./completer.ts";

/** Ids of the services of the first node. */
export const services: Completer = async ({ client }) => {
  const [reply] = await (await client()).call("machine.MachineService/ServiceList", {});
  return (reply?.message.services ?? []).map(({ id }) => id);
};

/** Everything on the first node that has a log. */
export const logs: Completer = async ({ client }) => {
  const [reply] = await (await client()).call("machine.MachineService/LogsContainers", {});
  return reply?.message.ids ?? [];
};

/** Containers of the first node, of the system and of Kubernetes. */
export const containers: Completer = async ({ client }) => {
  const connected = await client();
  const namespaces = ["system", "k8s.io"];
  const replies = await Promise.all(
    namespaces.map((namespace) => connected.call("machine.MachineService/Containers", { namespace })),
  );
  return replies.flatMap(([reply]) => (reply?.message.containers ?? []).map(({ id }) => id));
};

/** Contexts of the client configuration. */
export const contexts: Completer = ({ contexts }) => contexts();
