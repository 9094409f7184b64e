import { Failure } from "../../errors/failure.ts";
import { command, family } from "../command.ts";
import { boolean, text } from "../flag.ts";
import { create } from "./create-command.ts";
import { Progress } from "./progress.ts";
import { whichCluster } from "./which-cluster.ts";

const destroy = command({
  name: "destroy",
  aliases: ["down"],
  summary: "Stop a cluster of this host and remove all its files",
  remote: false,
  flags: {
    ...whichCluster,
    force: boolean({ doc: "Remove the files even when it is not known what runs" }),
  },
  examples: ["talosctl cluster destroy", "talosctl cluster destroy --name big"],
  async run({ flags, warn }) {
    const { destroyCluster } = await import("./destroy.ts");
    const { name, state: stateRoot, force } = flags;
    const existed = await destroyCluster({ name, stateRoot, force }, new Progress());
    if (!existed) warn(`There is no cluster "${name}" in ${stateRoot}`);
  },
});

const show = command({
  name: "show",
  summary: "Show the clusters of this host, their machines and console logs",
  remote: false,
  flags: { ...whichCluster, name: text({ doc: "Name of the cluster; all by default", placeholder: "name" }) },
  examples: ["talosctl cluster show", "talosctl cluster show --name default"],
  async run({ flags, print, warn }) {
    const { clusterNames, showCluster, showText } = await import("./show.ts");
    const names = flags.name === undefined ? await clusterNames(flags.state) : [flags.name];
    const clusters = await Promise.all(names.map((name) => showCluster(flags.state, name)));
    const found = clusters.filter((cluster) => cluster !== undefined);
    if (found.length > 0) return await print(showText(found));
    if (flags.name !== undefined)
      throw new Failure(`Cannot show cluster "${flags.name}": there is none in ${flags.state}`);
    warn(`There are no clusters in ${flags.state}. To make one: talosctl cluster create`);
  },
});

/** The background process of `create`; takes its order on standard input. */
const serve = command({
  name: "serve",
  summary: "Serve configs and images to the machines of a cluster",
  hidden: true,
  remote: false,
  examples: ["talosctl cluster serve < order.json"],
  async run({ signal }) {
    const [{ runServer }, { serveLayout }] = await Promise.all([
      import("./server/background.ts"),
      import("../../oci/registry/serve-layout.ts"),
    ]);
    await runServer(serveLayout, signal);
  },
});

export const cluster = family({
  name: "cluster",
  summary: "Run machines on this host",
  group: "local",
  commands: [create, destroy, show, serve],
});
