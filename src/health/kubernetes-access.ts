import type { KubeAccess } from "../kube/access.ts";
import { KubeClient } from "../kube/client.ts";
import { accessOf } from "../kube/kubeconfig.ts";
import type { Kubernetes } from "./cluster.ts";

/** Port of kube-apiserver when an endpoint does not say. */
const defaultPort = 6_443;
/** Checks ask again: better soon than after a long silence. */
const timeoutMs = 10_000;

export interface KubernetesAccessOptions {
  /** Gives a kubeconfig. @throws Error while it cannot be had. */
  kubeconfig(signal: AbortSignal): Promise<string>;
  /** Reach the API server here instead of where the kubeconfig says: `10.0.0.2`, `https://lb:6443`. */
  readonly endpoint?: string;
}

/** A client that is made when it is first asked for, and kept; while there is no kubeconfig each call asks again. */
export function kubernetesAccess({ kubeconfig, endpoint }: KubernetesAccessOptions) {
  let made: KubeClient | undefined;
  return {
    async open(signal: AbortSignal): Promise<Kubernetes> {
      made ??= new KubeClient(reachedAt(endpoint, accessOf(await kubeconfig(signal))), { timeoutMs });
      return made;
    },
    [Symbol.dispose]: () => made?.[Symbol.dispose](),
  };
}

function reachedAt(endpoint: string | undefined, access: KubeAccess): KubeAccess {
  if (endpoint === undefined || endpoint === "") return access;
  const host = endpoint.replace(/^https:\/\//, "");
  const hasPort = /(^[^:]+|\]):\d+$/.test(host);
  const bracketed = host.includes(":") && !hasPort && !host.startsWith("[") ? `[${host}]` : host;
  return { ...access, server: `https://${hasPort ? host : `${bracketed}:${defaultPort}`}` };
}
