import type { Containerd } from "../../containerd/client.ts";
import type { ContainerFate, PodContainer, PodSandbox } from "../../containerd/runtime-service.ts";
import { messageOf } from "../../errors/message.ts";
import type { KubeletPod } from "../../kube/kubelet.ts";
import { containerLog } from "../api/logs/container-log.ts";

/** As much of its log as a kubelet takes for a container's last words. */
const lastLines = 10;
const maximumWords = 2_048;

/**
 * Pods with a container that has failed, as containerd knows them, in the kubelet's form: for when the kubelet may tell
 * nobody. Those alone whose `<namespace>/<name>` is asked for.
 */
export async function failedPods(
  { runtimeService }: Pick<Containerd, "runtimeService">,
  ids: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<KubeletPod[]> {
  const pods = (await runtimeService.readyPods()).filter((pod) => ids.has(idOf(pod)));
  if (pods.length === 0) return [];
  const containers = await runtimeService.containers();
  const statuses = async (pod: PodSandbox) => {
    const own = containers.filter(({ podId }) => podId === pod.id);
    const names = [...new Set(own.map(({ name }) => name))];
    return await Promise.all(
      names.map(async (name) => {
        const [newest, last] = own.filter((one) => one.name === name).toSorted((a, b) => b.attempt - a.attempt);
        const fate = async (of?: PodContainer) => (of === undefined ? undefined : await runtimeService.fate(of.id));
        return await statusOf(name, newest?.attempt ?? 0, await fate(newest), await fate(last), signal);
      }),
    );
  };
  const shown = pods.map(async ({ namespace, name, ...pod }) => ({
    metadata: { namespace, name },
    status: {
      phase: "Running",
      conditions: [{ type: "Ready", status: "False" }],
      containerStatuses: await statuses({ namespace, name, ...pod }),
    },
  }));
  return (await Promise.all(shown)).filter(({ status }) => status.containerStatuses.some(hasFailed));
}

const idOf = ({ namespace, name }: PodSandbox): string => `${namespace}/${name}`;

const hasFailed = ({ state, lastState }: Awaited<ReturnType<typeof statusOf>>): boolean =>
  [state, lastState].some((one) => one !== undefined && "terminated" in one && one.terminated.exitCode !== 0);

/** A v1.ContainerStatus, of the newest container of its name and the one before. */
async function statusOf(
  name: string,
  restartCount: number,
  newest: ContainerFate | undefined,
  last: ContainerFate | undefined,
  signal: AbortSignal,
) {
  const [state, lastState] = await Promise.all([stateOf(newest, signal), stateOf(last, signal)]);
  return {
    ...{ name, ready: false, restartCount },
    ...(state !== undefined && { state }),
    ...(lastState !== undefined && { lastState }),
  };
}

async function stateOf(fate: ContainerFate | undefined, signal: AbortSignal) {
  if (fate === undefined) return undefined;
  const { startedAt, ended, logPath } = fate;
  if (ended === undefined) return { running: { startedAt: startedAt.toISOString() } };
  const { at, exitCode, reason } = ended;
  const message = exitCode === 0 ? "" : await lastWords(logPath, signal);
  return { terminated: { exitCode, reason, message, finishedAt: at.toISOString() } };
}

/** The end of a container's log, without the time and the stream that containerd begins each line with. */
async function lastWords(path: string, signal: AbortSignal): Promise<string> {
  if (path === "") return "";
  try {
    const chunks = await Array.fromAsync(containerLog(path, { tailLines: lastLines, signal }));
    const text = Buffer.concat(chunks).toString();
    return text.replace(/^\S+ std(?:out|err) [FP] /gm, "").slice(-maximumWords);
  } catch (thrown) {
    return messageOf(thrown);
  }
}
