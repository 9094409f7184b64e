import { Notice } from "../../async/notice.ts";
import { defineController, type ReconcileContext } from "../../cosi/controller.ts";
import type { KubeAccess } from "../../kube/access.ts";
import { Balancer } from "../../net/balancer/balancer.ts";
import { textOf } from "../../net/balancer/target.ts";
import { KubePrismConfig } from "../../resources/k8s/kubeprism-config.ts";
import { KubePrismStatus } from "../../resources/k8s/kubeprism-status.ts";
import { KubeletSecret } from "../../resources/secrets/kubelet-secret.ts";
import { machineAccess, machineAccessInputs } from "../kube-access.ts";
import { bootstrapAccess } from "../kubelet-access.ts";
import { apiServerReadiness } from "./api-server-readiness.ts";

/** Runs the local balancer in front of the API servers, and says whether any of them answers. */
export const kubePrismController = ({ kubeconfig }: { readonly kubeconfig?: string } = {}) => {
  const prism = new Prism();
  return defineController({
    name: "k8s.KubePrismController",
    inputs: [
      { kind: KubePrismConfig, id: "k8s-loadbalancer-config", strength: "weak" },
      { kind: KubeletSecret, id: "kubelet", strength: "weak" },
      ...machineAccessInputs,
    ],
    outputs: [{ kind: KubePrismStatus, sharing: "exclusive" }],
    wakeOn: (signal) => prism.changes(signal),
    async reconcile(context) {
      const config = (await context.get(KubePrismConfig, "k8s-loadbalancer-config"))?.spec;
      // A kubeconfig that is broken is for others to tell; connections are passed on without one, too.
      const asked = await machineAccess(context, kubeconfig).catch(() => undefined);
      const secret = (await context.get(KubeletSecret, "kubelet"))?.spec;
      prism.access = asked?.access ?? (secret && bootstrapAccess(secret));
      await prism.follow(config, context);
      if (config === undefined || prism.healthy === undefined) return;
      const host = textOf(config);
      await context.put(KubePrismStatus, "k8s-loadbalancer", { host, healthy: prism.healthy });
    },
  });
};

/** The balancer that runs now, if any. */
class Prism {
  /** In whose name servers are asked whether they are ready. */
  access: KubeAccess | undefined;
  readonly #changed = new Notice();
  #balancer: Balancer | undefined;
  #address = "";
  #told: boolean | undefined;

  get healthy(): boolean | undefined {
    return this.#balancer?.healthy;
  }

  /** Yields when a server's health changes. */
  async *changes(signal: AbortSignal): AsyncGenerator<void, void, undefined> {
    while (!signal.aborted) {
      await (this.#balancer ?? { changed: (until: AbortSignal) => this.#changed.next(until) }).changed(signal);
      yield;
    }
  }

  /** Runs a balancer as the configuration says; none without one. */
  async follow(config: KubePrismConfig | undefined, context: ReconcileContext): Promise<void> {
    const address = config === undefined ? "" : textOf(config);
    if (address !== this.#address) await this.stop();
    if (config === undefined) return;
    if (this.#balancer === undefined) {
      this.#balancer = new Balancer({
        ...{ host: config.host, port: config.port, targets: config.endpoints },
        readiness: async (target, signal) =>
          this.access === undefined ? "ready" : await apiServerReadiness(this.access, target, signal),
      });
      this.#address = address;
      context.signal.addEventListener("abort", () => void this.stop(), { once: true });
      this.#changed.post();
    } else this.#balancer.targets = config.endpoints;
    this.#tell(config, context);
  }

  async stop(): Promise<void> {
    const balancer = this.#balancer;
    this.#balancer = undefined;
    this.#address = "";
    this.#told = undefined;
    await balancer?.[Symbol.asyncDispose]();
  }

  /** Once for each change. */
  #tell({ endpoints }: KubePrismConfig, { log }: ReconcileContext): void {
    const healthy = this.healthy;
    if (healthy === undefined || healthy === this.#told) return;
    const servers = endpoints.map(textOf).join(", ");
    if (healthy) log("info", `KubePrism passes connections on to ${servers}`);
    else if (this.#told === undefined) log("info", `KubePrism waits for an API server: ${servers}`);
    else log("warn", `KubePrism has no API server to pass connections on to: none of ${servers} answers`);
    this.#told = healthy;
  }
}
