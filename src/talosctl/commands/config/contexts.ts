import { required, variadic } from "../../argument.ts";
import { command } from "../../command.ts";
import { contexts as contextNames } from "../../completion/sources.ts";
import { table } from "../../output/table.ts";
import { changeContext, contextOf, openTalosconfig } from "./editing.ts";

export const contexts = command({
  name: "contexts",
  aliases: ["get-contexts"],
  summary: "List contexts; the current one is marked",
  examples: ["talosctl config contexts"],
  async run({ global, print }) {
    const { config, name: current } = await openTalosconfig(global);
    const rows = [...config.contexts]
      .toSorted(([left], [right]) => left.localeCompare(right))
      .map(([name, { endpoints, nodes }]) => [name === current ? "*" : "", name, endpoints.join(","), nodes.join(",")]);
    await print(table(["CURRENT", "NAME", "ENDPOINTS", "NODES"], rows));
  },
});

export const context = command({
  name: "context",
  aliases: ["use-context"],
  summary: "Choose the current context",
  args: { name: required("Context", { complete: contextNames }) },
  examples: ["talosctl config context demo"],
  async run({ args: { name }, global }) {
    const editing = await openTalosconfig(global);
    contextOf(editing, name);
    await editing.save({ ...editing.config, context: name });
  },
});

export const endpoint = command({
  name: "endpoint",
  aliases: ["endpoints"],
  summary: "Set the endpoints of the current context",
  args: { endpoints: variadic("Hosts or addresses; none removes them all") },
  examples: ["talosctl config endpoint 10.0.0.2 10.0.0.3 10.0.0.4"],
  run: ({ args: { endpoints }, global }) => changeContext(global, (before) => ({ ...before, endpoints })),
});

export const node = command({
  name: "node",
  aliases: ["nodes"],
  summary: "Set the nodes of the current context",
  args: { nodes: variadic("Hosts or addresses; none removes them all") },
  examples: ["talosctl config node 10.0.0.2"],
  run: ({ args: { nodes }, global }) => changeContext(global, (before) => ({ ...before, nodes })),
});
