import { Notice } from "../../async/notice.ts";
import { pause } from "../../async/pause.ts";
import { defineController } from "../../cosi/controller.ts";
import { StaticPod } from "../../resources/k8s/static-pod.ts";
import { StaticPodServerStatus } from "../../resources/k8s/static-pod-server-status.ts";

/** One change of the configuration is the work of several controllers; a pod is to be made anew once for it. */
const settleMs = 100;

export interface StaticPodServerOptions {
  /** How long an answer may wait for news. A kubelet has ten seconds of patience, and a busy machine is late. */
  readonly holdMs?: number;
}

/**
 * Serves the list of static pods to the kubelet, over loopback only. Not files in its manifests directory: that one
 * is the owner's, and can be switched off.
 *
 * The kubelet asks again and again. Whoever has the list as it is gets its answer when the list changes: it learns of a
 * pod at once, and asks a dozen times a minute.
 */
export const staticPodServerController = ({ holdMs = 5_000 }: StaticPodServerOptions = {}) => {
  let server: Bun.Server<undefined> | undefined;
  let list = podList([]);
  /** The connection that was answered last, and by what. Another one may be that of a kubelet that has nothing yet. */
  let answered: { readonly port: number | undefined; readonly list: string } | undefined;
  const changed = new Notice();

  async function answer(request: Request, from: Bun.Server<undefined>): Promise<Response> {
    const port = from.requestIP(request)?.port;
    if (answered?.port === port && answered?.list === list) {
      await changed.next(AbortSignal.any([request.signal, AbortSignal.timeout(holdMs)]));
      if (answered.list !== list) await pause(settleMs, request.signal);
    }
    answered = { port, list };
    return new Response(list, { headers: { "content-type": "application/json" } });
  }

  return defineController({
    name: "k8s.StaticPodServerController",
    inputs: [{ kind: StaticPod, strength: "weak" }],
    outputs: [{ kind: StaticPodServerStatus, sharing: "exclusive" }],
    async reconcile(context) {
      const pods = (await context.list(StaticPod)).filter(({ metadata }) => metadata.phase === "running");
      const next = podList(pods.map(({ spec }) => StaticPod.toYamlValue(spec)));
      if (next !== list) {
        list = next;
        changed.post();
      }
      if (server === undefined) {
        server = Bun.serve({ hostname: "127.0.0.1", port: 0, idleTimeout: 60, fetch: answer });
        context.signal.addEventListener("abort", () => void server?.stop(true), { once: true });
      }
      await context.put(StaticPodServerStatus, "static-pod-server-status", { url: `http://127.0.0.1:${server.port}` });
    },
  });
};

const podList = (items: readonly unknown[]) => JSON.stringify({ apiVersion: "v1", kind: "PodList", items });
