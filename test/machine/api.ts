import type { Client } from "../../src/talosctl/client/client.ts";
import { openClient } from "../../src/talosctl/client/open.ts";

/** Our client, in this process: for calls by the hundred. */
export const openApi = (talosconfig: string): Promise<Client> =>
  openClient({
    talosconfig,
    nodes: [],
    endpoints: [],
    ...{ context: undefined, cluster: undefined, siderov1KeysDir: undefined },
  });

/** A service as the API tells of it. */
export interface Service {
  readonly id: string;
  readonly state: string;
  readonly healthy: boolean;
  /** Everything that happened to it, oldest first: `Running: Started task etcd (PID 7)`. */
  readonly history: readonly string[];
}

export async function servicesOf(client: Client): Promise<Map<string, Service>> {
  const replies = await client.call("machine.MachineService/ServiceList", {}, { timeoutMs: 10_000 });
  const services = replies.flatMap(({ message }) => message.services);
  return new Map(
    services.map(({ id, state, events, health }) => [
      id,
      {
        id,
        state,
        healthy: health?.healthy ?? false,
        history: (events?.events ?? []).map((event) => `${event.state}: ${event.msg}`),
      },
    ]),
  );
}

/** A file of the machine, as text. */
export async function readText(client: Client, path: string): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const { message } of client.stream("machine.MachineService/Read", { path }, { timeoutMs: 20_000 })) {
    text += decoder.decode(message.bytes, { stream: true });
  }
  return text;
}

/** Names in a directory of the machine. */
export async function listNames(client: Client, root: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { message } of client.stream("machine.MachineService/List", { root }, { timeoutMs: 60_000 })) {
    names.push(message.relative_name);
  }
  return names;
}
