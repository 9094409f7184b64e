import { Failure } from "../../errors/failure.ts";
import type { machine } from "../../proto/index.ts";
import { optional } from "../argument.ts";
import type { Client } from "../client/client.ts";
import { type Context, command } from "../command.ts";
import { services as serviceIds } from "../completion/sources.ts";
import { table } from "../output/table.ts";
import { dateOf } from "../output/timestamp.ts";
import { ago } from "../output/units.ts";

const actions = {
  start: "machine.MachineService/ServiceStart",
  stop: "machine.MachineService/ServiceStop",
  restart: "machine.MachineService/ServiceRestart",
} as const;

export const service = command({
  name: "service",
  aliases: ["services"],
  summary: "Show services, and start, stop or restart them",
  description:
    "Without an id, all services and their states. With an id, one service and its latest events.\nOnly a few services may be started or stopped: the machine decides which.",
  group: "manage",
  args: {
    id: optional("Service, such as kubelet", { complete: serviceIds }),
    action: optional("start, stop, restart or status", { complete: () => ["start", "stop", "restart", "status"] }),
  },
  examples: [
    "talosctl services",
    "talosctl service kubelet # state and latest events",
    "talosctl service kubelet restart",
  ],
  async run({ args: { id, action = "status" }, client, print }) {
    if (id === undefined) return await listServices(await client(), print);
    if (action === "status") return await showService(await client(), id, print);
    if (!isAction(action)) {
      throw new Failure(`Cannot ${action} a service: expected start, stop, restart or status`);
    }
    const replies = await (await client()).call(actions[action], { id });
    const rows = replies.map(({ node, message }) => [node, message.resp]);
    await print(table(["NODE", "RESPONSE"], rows));
  },
});

const isAction = (text: string): text is keyof typeof actions => Object.hasOwn(actions, text);

async function listServices(client: Client, print: Context["print"]): Promise<void> {
  const replies = await client.call("machine.MachineService/ServiceList", {});
  const now = new Date();
  const rows = replies.flatMap(({ node, message }) =>
    message.services.map((info) => {
      const last = eventsOf(info).at(-1);
      return [node, info.id, info.state, health(info), last ? ago(dateOf(last.ts), now) : "", last?.msg ?? ""];
    }),
  );
  await print(table(["NODE", "SERVICE", "STATE", "HEALTH", "LAST CHANGE", "LAST EVENT"], rows));
}

async function showService(client: Client, id: string, print: Context["print"]): Promise<void> {
  const replies = await client.call("machine.MachineService/ServiceList", {});
  let found = false;
  for (const { node, message } of replies) {
    for (const info of message.services.filter((candidate) => candidate.id === id)) {
      await print(describe(node, info, new Date()));
      found = true;
    }
  }
  if (found || replies.length === 0) return;
  const ids = [...new Set(replies.flatMap(({ message }) => message.services.map((info) => info.id)))];
  throw new Failure(`Cannot show service "${id}": no node has it`, { hint: `There are ${ids.join(", ")}` });
}

/** Label and value lines, newest event first. */
function describe(node: string, info: machine.ServiceInfo, now: Date): string {
  const lines: [string, string][] = [
    ["NODE", node],
    ["ID", info.id],
    ["STATE", info.state],
    ["HEALTH", health(info)],
  ];
  const message = info.health?.last_message ?? "";
  if (message !== "") lines.push(["LAST HEALTH MESSAGE", message]);
  for (const [index, event] of eventsOf(info).toReversed().entries()) {
    lines.push([index === 0 ? "EVENTS" : "", `[${event.state}]: ${event.msg} (${ago(dateOf(event.ts), now)})`]);
  }
  const [first = ["", ""], ...rest] = lines;
  return table(first, rest);
}

const eventsOf = (info: machine.ServiceInfo) => info.events?.events ?? [];

function health({ health }: machine.ServiceInfo): string {
  if (health == null || health.unknown) return "?";
  return health.healthy ? "OK" : "Fail";
}
