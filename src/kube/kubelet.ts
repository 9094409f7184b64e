import { Failure } from "../errors/failure.ts";
import { messageOf } from "../errors/message.ts";
import { parseJson, readText } from "./body.ts";
import { isRecord, type ObjectMetadata } from "./object.ts";

/** How to call a kubelet, and as whom. PEM texts. */
export interface KubeletAccess {
  /** The kubelet's address, such as `127.0.0.1`. */
  readonly host: string;
  readonly port: number;
  /** The name in its certificate. */
  readonly nodename: string;
  /** Authorities that its certificate may come from. */
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** A pod as its kubelet knows it. */
export interface KubeletPod {
  readonly metadata: ObjectMetadata;
  /** The v1.PodStatus. */
  readonly status: Readonly<Record<string, unknown>>;
}

/** A hundred pods take a megabyte. */
const maximumBytes = 16 << 20;
const timeoutMs = 10_000;

/**
 * The pods of a kubelet, also those that no API server has heard of.
 * @throws Failure when it does not answer, refuses, or answers with anything but a list of pods
 */
export async function kubeletPods(access: KubeletAccess, signal: AbortSignal): Promise<readonly KubeletPod[]> {
  const { host, port, nodename, ca, certificate, key } = access;
  const what = `list the pods of the kubelet of ${nodename}`;
  const response = await fetch(`https://${host}:${port}/pods`, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    redirect: "error",
    proxy: false,
    tls: { ca, cert: certificate, key, serverName: nodename },
  } as BunFetchRequestInit).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw new Failure(`Cannot ${what}: ${messageOf(cause)}`, { cause });
  });
  const text = await readText(response, what, maximumBytes);
  if (!response.ok) throw new Failure(`Cannot ${what}: it refused with status ${response.status}`);
  const list = parseJson(text, what);
  if (!isRecord(list) || list.kind !== "PodList") throw new Failure(`Cannot ${what}: the answer is no list of pods`);
  // An empty list is null.
  return (Array.isArray(list.items) ? list.items : []).filter(isPod);
}

const isPod = (item: unknown): item is KubeletPod => isRecord(item) && isRecord(item.metadata) && isRecord(item.status);
