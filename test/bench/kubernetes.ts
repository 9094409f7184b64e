import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { KubeClient } from "../../src/kube/client.ts";
import { accessOf } from "../../src/kube/kubeconfig.ts";
import type { KubeObject } from "../../src/kube/object.ts";
import { openApi } from "../machine/api.ts";
import { bootCluster } from "../machine/machine.ts";
import { chainReport, clusterStart, type ToldMoments, timeLineReport } from "./cluster-start.ts";
import { idleReport } from "./idle.ts";
import { readMachineLog } from "./machine-log.ts";
import { memoryReport } from "./memory.ts";
import type { Report } from "./report.ts";

interface Conditioned extends KubeObject {
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly lastTransitionTime?: string }[];
  };
}

/** Where the time of a new cluster's start goes, and what our programs take beside a cluster with nothing to do. */
export async function kubernetesReport(provisioner: string): Promise<readonly Report[]> {
  await using machine = await bootCluster("--provisioner", provisioner, "--wait-timeout", "20m");
  using api = await openApi(join(machine.directory, "talosconfig"));
  const kubeconfig = await readFile(join(machine.directory, "kubeconfig"), "utf8");
  const start = clusterStart(await readMachineLog(machine, api), await toldMoments(kubeconfig));
  return [
    timeLineReport(start),
    chainReport(start),
    await idleReport("A cluster with nothing to do", api),
    await memoryReport("Memory, with the cluster running", api),
  ];
}

/** What Kubernetes tells: when its nodes, and the pods of CoreDNS, were all ready. */
async function toldMoments(kubeconfig: string): Promise<ToldMoments> {
  using client = new KubeClient(accessOf(kubeconfig));
  const readyMs = async (path: string, query = {}) => {
    const { items } = await client.list<Conditioned>(path, query);
    const conditions = items.flatMap(({ status }) => status?.conditions ?? []).filter(({ type }) => type === "Ready");
    return Math.max(...conditions.map(({ lastTransitionTime = "" }) => Date.parse(lastTransitionTime)));
  };
  return {
    nodeReady: await readyMs("/api/v1/nodes"),
    dnsReady: await readyMs("/api/v1/namespaces/kube-system/pods", { labelSelector: "k8s-app=kube-dns" }),
  };
}
