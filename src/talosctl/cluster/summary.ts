import { existsSync } from "node:fs";
import { relative } from "node:path";
import type { ClusterDirectory } from "./directory.ts";
import { machinePorts } from "./ports.ts";
import type { ClusterState } from "./state.ts";
import type { ReadyNode } from "./wait.ts";

export interface SummaryOptions {
  readonly directory: ClusterDirectory;
  readonly state: ClusterState;
  /** The machines, control planes first. */
  readonly nodes: readonly Pick<ReadyNode, "node" | "fingerprint" | "awaitsBootstrap">[];
  /** Whether anybody has waited for it; by default. */
  readonly isReady?: boolean;
  /** The talosctl to type. */
  readonly binary: string;
  /** The kubectl to type: a path, or a name to be looked up. */
  readonly kubectl: string;
  /** Why services of a full machine are missing here. */
  readonly leftOut: ReadonlyMap<string, string>;
  /** Kernel and initramfs as they are now; the machine may run older ones. */
  readonly build?: string;
  readonly workingDirectory: string;
}

/** What a person needs once a cluster is up: how it runs, where its files are, what to type next. */
export function summary(options: SummaryOptions): string {
  const { directory, state, nodes, binary, kubectl, leftOut, build, workingDirectory } = options;
  const short = (path: string) => {
    const near = relative(workingDirectory, path);
    return near === "" || near.startsWith("..") ? path : near;
  };
  const waiting = nodes.filter(({ fingerprint }) => fingerprint !== undefined);
  const condition = options.isReady === false ? "is started" : "is up";
  const what = waiting.length === 0 ? condition : "waits for its config (maintenance mode)";
  const lines = [`Cluster "${state.name}" ${what}.`, ""];
  for (const { node } of nodes) {
    const { apid, trustd, kubernetes } = node.ports;
    const others = node.role === "worker" ? "" : `  (trustd ${trustd}, Kubernetes ${kubernetes})`;
    lines.push(
      `  ${node.name}  ${node.runsOn}`,
      `    API          ${node.host}:${apid}${others}`,
      `    console log  ${short(directory.console(node.name))}`,
    );
    if (build !== undefined && build !== node.build) {
      lines.push("    It runs an older build. For the new one: npm run down && npm run up");
    }
  }
  const [first] = nodes;
  const isToBootstrap = waiting.length > 0 || first?.awaitsBootstrap === true;
  // Some commands are for one machine, and the client configuration names all.
  const only = nodes.length > 1 ? ` --nodes ${first?.node.address}` : "";
  for (const [service, reason] of leftOut) lines.push(`  ${service} is left out: ${reason}`);
  lines.push(
    "",
    `  talosconfig  ${short(directory.talosconfig)}`,
    ...(existsSync(directory.kubeconfig) ? [`  kubeconfig   ${short(directory.kubeconfig)}`] : []),
    `  binary       ${short(binary)}`,
    "",
    "Next, type:",
    "",
    ...(existsSync(directory.kubeconfig) ? [kubectlLine()] : []),
    ...waiting.flatMap(configure),
    `  export TALOSCONFIG=${quote(short(directory.talosconfig))}`,
    ...(isToBootstrap ? [`  ${command(short(binary))} bootstrap${only}`] : []),
    `  ${command(short(binary))} services`,
    `  ${command(short(binary))} dmesg --follow${only}`,
    `  ${command(short(binary))} get --help`,
    "  npm run down",
  );
  return `${lines.join("\n")}\n`;

  function kubectlLine(): string {
    const program = kubectl.includes("/") ? command(short(kubectl)) : kubectl;
    return `  ${program} --kubeconfig ${quote(short(directory.kubeconfig))} get nodes`;
  }

  function configure({ node, fingerprint }: SummaryOptions["nodes"][number]): string[] {
    const at = `${node.host}${node.ports.apid === machinePorts.apid ? "" : `:${node.ports.apid}`}`;
    return [
      `  ${command(short(binary))} apply-config --insecure --nodes ${at} \\`,
      `    --cert-fingerprint ${fingerprint} --file ${quote(short(directory.config(node.role)))}`,
    ];
  }
}

/** A path that the shell runs, rather than looks up. */
const command = (path: string) => quote(path.startsWith("/") ? path : `./${path}`);

const quote = (text: string) => (/^[\w./:@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
