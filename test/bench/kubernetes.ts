import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { KubeClient } from "../../src/kube/client.ts";
import { accessOf } from "../../src/kube/kubeconfig.ts";
import type { KubeObject } from "../../src/kube/object.ts";
import { openApi } from "../machine/api.ts";
import { bootCluster } from "../machine/machine.ts";
import { chainReport, clusterStart, timeLineReport } from "./cluster-start.ts";
import { idleReport } from "./idle.ts";
import { readMachineLog } from "./machine-log.ts";
import { memoryReport } from "./memory.ts";
import type { Report } from "./report.ts";

interface Pod extends KubeObject {
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly lastTransitionTime?: string }[];
  };
}

/** Where the time of a new cluster's start goes, and what our programs take beside a cluster with nothing to do. */
export async function kubernetesReport(provisioner: string): Promise<readonly Report[]> {
  await using machine = await bootCluster("--provisioner", provisioner, "--wait-timeout", "20m");
  using api = await openApi(join(machine.directory, "talosconfig"));
  const kubeconfig = await readFile(join(machine.directory, "kubeconfig"), "utf8");
  const start = clusterStart(await readMachineLog(machine, api), await dnsReadyMs(kubeconfig));
  return [
    timeLineReport(start),
    chainReport(start),
    await idleReport("A cluster with nothing to do", api),
    await memoryReport("Memory, with the cluster running", api),
  ];
}

/** When the last pod of CoreDNS was ready. */
async function dnsReadyMs(kubeconfig: string): Promise<number> {
  using client = new KubeClient(accessOf(kubeconfig));
  const query = { labelSelector: "k8s-app=kube-dns" };
  const { items } = await client.list<Pod>("/api/v1/namespaces/kube-system/pods", query);
  const moments = items
    .flatMap(({ status }) => status?.conditions ?? [])
    .filter(({ type }) => type === "Ready")
    .map(({ lastTransitionTime = "" }) => Date.parse(lastTransitionTime));
  return Math.max(...moments);
}
