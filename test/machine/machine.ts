import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseSecrets } from "../../src/config/generate/secrets.ts";
import type { Role } from "../../src/pki/index.ts";
import { createContext } from "../../src/talosconfig/certificate.ts";
import { writeTalosconfig } from "../../src/talosconfig/file.ts";
import { clusterDirectory } from "../../src/talosctl/cluster/directory.ts";
import { monitorSocket } from "../../src/talosctl/cluster/qemu/monitor-socket.ts";
import { type NodeState, parseState } from "../../src/talosctl/cluster/state.ts";
import { repository } from "../tidy/tree.ts";
import { askKubectl } from "./kubectl.ts";
import { prepareStage, type Stage } from "./stage.ts";

/** What a command left. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A booted machine, and the commands that a person would type. */
export interface TestMachine extends AsyncDisposable {
  /** `test-1-controlplane-1`: files of the machine are named after it. */
  readonly name: string;
  /** All machines, this one first. */
  readonly nodes: readonly NodeState[];
  /** Address of the API, as the host reaches it. */
  readonly apiHost: string;
  readonly apiPort: number;
  readonly pid: number;
  readonly directory: string;
  readonly consolePath: string;
  readonly monitorPath: string;
  /** Everything that `cluster create` printed. */
  readonly created: Finished;
  /** Runs our talosctl, as the administrator. */
  talosctl(...args: string[]): Promise<Finished>;
  /** What the kubectl that the build made says to the administrator; see `askKubectl`. @throws when it is refused. */
  kubectl(...args: string[]): Promise<string>;
  /** Standard output of our talosctl. @throws when it fails. */
  ask(...args: string[]): Promise<string>;
  /** Path of a talosconfig for somebody with these roles; of another cluster's authority if so asked. */
  talosconfigFor(roles: readonly Role[], foreign?: boolean): Promise<string>;
  cluster(verb: string, ...args: string[]): Promise<Finished>;
}

/** Runs a program to its end. */
export async function run(argv: readonly string[], env: Record<string, string> = {}): Promise<Finished> {
  const child = Bun.spawn([...argv], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    env: { ...process.env, NO_COLOR: "1", ...env },
  });
  const [code, stdout, stderr] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()]);
  return { code, stdout, stderr };
}

/**
 * Boots one machine from what was built, by the very command that people use; without Kubernetes.
 * @param flags more of `cluster create`.
 */
export async function bootMachine(...flags: readonly string[]): Promise<TestMachine> {
  return await boot(await prepareStage("machine"), ["--skip-k8s-node-readiness-check"], flags);
}

/** Boots a cluster in the same way, with all that it runs; returns when its nodes are ready. */
export async function bootCluster(...flags: readonly string[]): Promise<TestMachine> {
  return await boot(await prepareStage("cluster"), [], flags);
}

/**
 * Boots a cluster in surroundings that a test makes for it.
 * @param within words before the command that creates it, such as `unshare …`, given where the cluster's files will be
 */
export async function bootClusterWithin(
  within: (directory: string, node: string) => Promise<readonly string[]>,
  ...flags: readonly string[]
): Promise<TestMachine> {
  return await boot(await prepareStage("cluster"), [], flags, within);
}

/** @param always flags of each `cluster create`, also of later ones. */
async function boot(
  stage: Stage,
  always: readonly string[],
  flags: readonly string[],
  within?: (directory: string, node: string) => Promise<readonly string[]>,
): Promise<TestMachine> {
  const name = `test-${process.pid}`; // a container's network has it too, and the host may run others
  const binary = join(stage.output, "talosctl");
  const directory = join(stage.clusters, name);
  const before = (await within?.(directory, `${name}-controlplane-1`)) ?? [];
  const cluster = async (verb: string, ...args: string[]) =>
    await run([
      ...(verb === "create" ? before : []),
      ...[binary, "cluster", verb, "--name", name, "--state", stage.clusters],
      ...(verb === "create" ? [...always, ...args] : args),
    ]);
  const created = await cluster("create", "--output-directory", stage.output, ...flags);
  const dispose = async () => {
    await cluster("destroy", "--force");
    await stage[Symbol.asyncDispose]();
  };
  if (created.code !== 0) {
    await dispose();
    throw new Error(`the machine does not boot:\n${created.stderr}${created.stdout}`);
  }
  const statePath = join(directory, "state.json");
  const { nodes } = parseState(await readFile(statePath, "utf8"), statePath);
  const [node] = nodes;
  if (node === undefined) throw new Error("the cluster has no machine");
  const talosconfig = join(directory, "talosconfig");
  const talosctl = (...args: string[]) => run([binary, "--talosconfig", talosconfig, ...args]);
  const kubectl = (...args: string[]) =>
    run([
      ...[join(repository, "_out/kubectl"), "--kubeconfig", join(directory, "kubeconfig")],
      // Of its own: what a server knew that has just begun, kubectl would believe of the next one at its address.
      ...["--cache-dir", join(directory, "kubectl-cache"), ...args],
    ]);
  return {
    name: node.name,
    nodes,
    apiHost: node.host,
    apiPort: node.ports.apid,
    pid: node.process.pid,
    directory,
    consolePath: join(directory, `console-${node.name}.log`),
    monitorPath: await monitorSocket(clusterDirectory(stage.clusters, name), node.name),
    created,
    talosctl,
    kubectl: (...args) => askKubectl(kubectl, args),
    async ask(...args) {
      const { code, stdout, stderr } = await talosctl(...args);
      if (code !== 0) throw new Error(`talosctl ${args.join(" ")}: ${stderr}`);
      return stdout;
    },
    talosconfigFor: (roles, foreign = false) =>
      makeTalosconfig(directory, roles, foreign, `${node.host}:${node.ports.apid}`, node.address),
    cluster,
    [Symbol.asyncDispose]: dispose,
  };
}

async function makeTalosconfig(
  directory: string,
  roles: readonly Role[],
  foreign: boolean,
  endpoint: string,
  node: string,
): Promise<string> {
  const path = join(directory, `talosconfig-${foreign ? "foreign" : "own"}-${roles.join("-").replaceAll(":", "-")}`);
  const secrets = parseSecrets(await readFile(join(directory, "secrets.yaml"), "utf8"));
  const options = { authority: secrets.os, roles, endpoints: [endpoint], nodes: [node] };
  const context = await createContext(foreign ? { ...options, authority: await foreignAuthority() } : options);
  // Whoever attacks knows the authority's certificate: it is in every handshake. What is missing is its key.
  const known = { ...context, ca: Buffer.from(secrets.os.certificate).toString("base64") };
  await writeTalosconfig(path, { context: "test", contexts: new Map([["test", known]]) });
  return path;
}

async function foreignAuthority() {
  const { createCertificateAuthority } = await import("../../src/pki/index.ts");
  return await createCertificateAuthority({ algorithm: "ed25519", organizations: ["talos"] });
}
