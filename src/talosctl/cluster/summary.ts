import { relative } from "node:path";
import type { ClusterDirectory } from "./directory.ts";
import { machinePorts } from "./ports.ts";
import type { ClusterState } from "./state.ts";

export interface SummaryOptions {
  readonly directory: ClusterDirectory;
  readonly state: ClusterState;
  /** Of the machine, if it waits for its config. */
  readonly fingerprint?: string | undefined;
  /** Nobody lets its etcd begin but the one who reads this. */
  readonly awaitsBootstrap?: boolean;
  /** The talosctl to type. */
  readonly binary: string;
  /** Why services of a full machine are missing here. */
  readonly leftOut: ReadonlyMap<string, string>;
  /** Kernel and initramfs as they are now; the machine may run older ones. */
  readonly build?: string;
  readonly workingDirectory: string;
}

/** What a person needs once a cluster is up: how it runs, where its files are, what to type next. */
export function summary(options: SummaryOptions): string {
  const { directory, state, binary, fingerprint, awaitsBootstrap, leftOut, build, workingDirectory } = options;
  const short = (path: string) => {
    const near = relative(workingDirectory, path);
    return near === "" || near.startsWith("..") ? path : near;
  };
  const what = fingerprint === undefined ? "is up" : "waits for its config (maintenance mode)";
  const lines = [`Cluster "${state.name}" ${what}.`, ""];
  for (const node of state.nodes) {
    const { apid, trustd, kubernetes } = node.ports;
    lines.push(
      `  ${node.name}  ${node.runsOn}`,
      `    API          ${node.host}:${apid}  (trustd ${trustd}, Kubernetes ${kubernetes})`,
      `    console log  ${short(directory.console(node.name))}`,
    );
    if (build !== undefined && build !== node.build) {
      lines.push("    It runs an older build. For the new one: npm run down && npm run up");
    }
  }
  for (const [service, reason] of leftOut) lines.push(`  ${service} is left out: ${reason}`);
  lines.push(
    "",
    `  talosconfig  ${short(directory.talosconfig)}`,
    `  binary       ${short(binary)}`,
    "",
    "Next, type:",
    "",
    ...(fingerprint === undefined ? [] : configure(fingerprint)),
    `  export TALOSCONFIG=${quote(short(directory.talosconfig))}`,
    ...(fingerprint !== undefined || awaitsBootstrap === true ? [`  ${command(short(binary))} bootstrap`] : []),
    `  ${command(short(binary))} services`,
    `  ${command(short(binary))} dmesg --follow`,
    `  ${command(short(binary))} get --help`,
    "  npm run down",
  );
  return `${lines.join("\n")}\n`;

  function configure(fingerprint: string): string[] {
    const [node] = state.nodes;
    const at = `${node?.host}${node?.ports.apid === machinePorts.apid ? "" : `:${node?.ports.apid}`}`;
    const file = quote(short(directory.controlplane));
    return [
      `  ${command(short(binary))} apply-config --insecure --nodes ${at} \\`,
      `    --cert-fingerprint ${fingerprint} --file ${file}`,
    ];
  }
}

/** A path that the shell runs, rather than looks up. */
const command = (path: string) => quote(path.startsWith("/") ? path : `./${path}`);

const quote = (text: string) => (/^[\w./:@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
