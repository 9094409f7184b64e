import { closeSync, openSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pause } from "../../../async/pause.ts";
import { Failure } from "../../../errors/failure.ts";
import { clean } from "../clean.ts";
import { type HostProcess, identify } from "../host-process.ts";
import { ensureBridge, linkName, placeOnBridge, planBridge } from "../network/bridge.ts";
import type { MachineOrder, Provisioner, StartedMachine } from "../provisioner.ts";
import type { ProvisionerOptions } from "../provisioners.ts";
import { machineBinary } from "../self.ts";
import { createGroup, groupPath } from "./cgroup.ts";
import { type Container, type ContainerCgroup, enterCommand } from "./enter.ts";
import { type CgroupHierarchy, inspectCgroups } from "./hierarchy.ts";
import { plugIn } from "./network.ts";
import { unpackedRootfs } from "./rootfs.ts";

/**
 * Runs the machine as PID 1 of fresh namespaces on this host: no kernel of its own, but native speed. For work on
 * everything that does not need its own kernel.
 * @throws Failure when this host or this user cannot.
 */
export async function containerProvisioner(options: ProvisionerOptions): Promise<Provisioner> {
  if (process.platform !== "linux") throw new Failure("Cannot run a container: that needs a Linux host");
  if (process.getuid?.() !== 0) {
    throw new Failure("Cannot run a container: namespaces, mounts and a network link need root", {
      hint: "run the same command with sudo, or use --provisioner qemu",
    });
  }
  const cgroups = await inspectCgroups();
  const bridge = await planBridge(options.name, options.cidr);
  const obstacle = cgroups.kubeletObstacle;
  const { hostAddress } = bridge.subnet;
  return {
    name: "container",
    cidr: bridge.subnet.cidr,
    place: (taken, before) => placeOnBridge(bridge, taken, before),
    hostAddress,
    serverAddress: hostAddress,
    leftOut: new Map(obstacle === undefined ? [] : [["kubelet", obstacle]]),
    leavings: (nodes) => [
      ...nodes.flatMap((node) => [
        ...groupPaths(cgroups.hierarchies, unitName(node)).map((path) => `cgroup ${path}`),
        `network ${unitName(node)}`,
      ]),
      `link ${bridge.name}`,
    ],
    prepare: () => ensureBridge(bridge),
    async start(order) {
      if (order.exposedPorts.length > 0)
        throw new Failure("Cannot expose ports: a container is reached at its own address", {
          hint: "leave out --exposed-ports; talosctl cluster show tells the address",
        });
      if (order.extraNics.length > 0)
        throw new Failure("Cannot add network cards: a container has one", { hint: "leave out --extra-nics" });
      const name = unitName(order.node);
      await clean(groupPaths(cgroups.hierarchies, name).map((path) => `cgroup ${path}`));
      await plugIn({ namespace: name, hostEnd: linkName(order.node), address: order.place.address }, bridge);
      return await startContainer(order, {
        hostname: order.node,
        networkNamespace: name,
        cgroups: await createGroups(cgroups.hierarchies, name),
        rootfs: await unpackedRootfs(options.outputDirectory, options.architecture),
        binary: resolve(machineBinary(options.outputDirectory)),
        var: order.directory.file(order.node, "var"),
        state: order.directory.file(order.node, "state"),
        mountPoint: order.directory.file(order.node, "root"),
        environment: { PLATFORM: "container", ...configOf(order) },
      });
    },
    clean,
    retry: () => undefined,
  };
}

/** What a machine's control groups and network are called on the host. */
const unitName = (node: string): string => `machined-${node}`;

const groupPaths = (hierarchies: readonly CgroupHierarchy[], name: string): string[] =>
  hierarchies.map((hierarchy) => groupPath(hierarchy, name));

async function createGroups(hierarchies: readonly CgroupHierarchy[], name: string): Promise<ContainerCgroup[]> {
  const isOnly = hierarchies.length === 1;
  return await Promise.all(
    hierarchies.map(async (hierarchy) => ({ hierarchy, path: await createGroup(hierarchy, name, isOnly) })),
  );
}

function configOf({ config }: MachineOrder): Readonly<Record<string, string>> {
  if (config === undefined) return {};
  if ("url" in config) return { CONFIG_URL: config.url };
  throw new Failure("Cannot run a container: it has no volumes to find its config on", {
    hint: "use --config-injection-method http, or --provisioner qemu",
  });
}

async function startContainer(order: MachineOrder, container: Container): Promise<StartedMachine> {
  await Promise.all([container.var, container.mountPoint].map((path) => mkdir(path, { recursive: true, mode: 0o755 })));
  await mkdir(container.state, { recursive: true, mode: 0o700 });
  const console = openSync(order.directory.console(order.node), "w", 0o600);
  try {
    const parent = Bun.spawn(enterCommand(container), {
      ...{ stdin: "ignore", stdout: console, stderr: console, detached: true },
    });
    parent.unref();
    return { process: await firstProcess(parent), runsOn: "a container on this host's kernel" };
  } finally {
    closeSync(console);
  }
}

/** The container's PID 1 as the host knows it: signals go to it, not to the parent that waits for it. */
async function firstProcess(parent: Bun.Subprocess): Promise<HostProcess> {
  const deadline = Date.now() + 5_000;
  while (Date.now() < deadline && parent.exitCode === null) {
    const children = await readFile(`/proc/${parent.pid}/task/${parent.pid}/children`, "utf8").catch(() => "");
    const [pid] = children.trim().split(" ");
    const found = pid ? await identify(Number(pid)) : undefined;
    if (found !== undefined) return found;
    await pause(10);
  }
  throw new Failure("Cannot start the container: its first process ended at once", {
    hint: "its console log says why",
  });
}
