import { optional } from "../argument.ts";
import { oneNode } from "../client/one-node.ts";
import { type Context, command } from "../command.ts";
import { boolean, text } from "../flag.ts";
import type { Resolution } from "../kubeconfig/merge-kubeconfig.ts";

export const kubeconfig = command({
  name: "kubeconfig",
  summary: "Get an administrator's access to Kubernetes, for kubectl",
  description:
    "A control plane machine signs it, for as long as the config says (cluster.adminKubeconfig). It is added to\n~/.kube/config or $KUBECONFIG, or to the file that is named, and becomes the current context; all else in the file\nstays. What has its name already is kept, and the new one renamed, unless --force is given.",
  group: "manage",
  args: { path: optional("File or directory; - is standard output") },
  flags: {
    force: boolean({ doc: "Replace what has the same name, or with --merge=false the file", short: "f" }),
    forceContextName: text({ doc: "What to call the context", placeholder: "name" }),
    merge: boolean({ doc: "Add to the file that is there", short: "m", default: true }),
  },
  examples: [
    "talosctl kubeconfig -n 10.0.0.2",
    "talosctl kubeconfig -n 10.0.0.2 ./kubeconfig --merge=false # a file of its own",
    "talosctl kubeconfig -n 10.0.0.2 --force-context-name home",
    "talosctl kubeconfig -n 10.0.0.2 - | kubectl --kubeconfig /dev/stdin get nodes",
  ],
  async run({ args, flags, client, print, warn, ask, signal }) {
    const [{ readKubeconfig }, { checkedPlace, saveKubeconfig }, { kubeconfigPath }] = await Promise.all([
      import("../../health/machine-kubeconfig.ts"),
      import("../kubeconfig/save-kubeconfig.ts"),
      import("../kubeconfig/location.ts"),
    ]);
    const { forceContextName: contextName } = flags;
    const merge = { onConflict: resolver(flags.force, ask), ...(contextName !== undefined && { contextName }) };
    const how = { replace: flags.force, ...(flags.merge && { merge }) };
    // Before the machine signs anything: what is wrong here is found first.
    const path = args.path ?? (flags.merge ? kubeconfigPath() : "kubeconfig");
    if (path !== "-") await checkedPlace(path, how);
    const connected = await client();
    const node = oneNode(connected, "get a kubeconfig");
    const chunks = connected.streamAt(node, "machine.MachineService/Kubeconfig", {}, { signal });
    const made = await readKubeconfig(chunks);
    if (path === "-") return await print(made);
    const saved = await saveKubeconfig(path, made, how);
    for (const { part, from, to } of saved.renamed) warn(`renamed ${part} "${from}" -> "${to}"`);
    warn(`Saved ${saved.path}`);
  },
});

/** People choose; programs never lose what they have. */
const resolver =
  (force: boolean, ask: Context["ask"]) =>
  async (part: string, name: string): Promise<Resolution> => {
    if (force) return "overwrite";
    while (true) {
      const answer = await ask(`${part} "${name}" is there already, and differs: (r)ename the new one, (o)verwrite? `);
      if (answer === undefined || /^\s*r(ename)?\s*$/i.test(answer)) return "rename";
      if (/^\s*o(verwrite)?\s*$/i.test(answer)) return "overwrite";
    }
  };
