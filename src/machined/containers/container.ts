import { constants } from "node:os";
import { pause } from "../../async/pause.ts";
import { type Containerd, kubernetesNamespace, systemNamespace } from "../../containerd/client.ts";
import { createContainer, removeContainer } from "../../containerd/container.ts";
import { findImage, type UnpackedImage } from "../../containerd/image/find-image.ts";
import type { PullProgress } from "../../containerd/image/progress.ts";
import { pullImage } from "../../containerd/image/pull-image.ts";
import { isNotFound, isUnavailable } from "../../containerd/missing.ts";
import { buildRuntimeSpec, type ContainerSpec } from "../../containerd/spec/build.ts";
import { Failure } from "../../errors/failure.ts";
import type { Run, RunContext, RunEnd, Runner } from "../supervisor/runner.ts";
import type { ServiceHost } from "../supervisor/service.ts";
import { endOf } from "./exit.ts";
import { readHostLimits, withinLimits } from "./host-limits.ts";
import { openOutputPipe } from "./output-pipe.ts";

/** What a service's container is made from; asked for before each run, so that it follows the resources. */
export interface ContainerPlan {
  readonly image: string;
  /** Makes what else it needs before it may start, while the image is fetched. */
  readonly prepare?: (signal: AbortSignal) => Promise<void>;
  /** @param image the image's own wishes: environment, entrypoint */
  readonly spec: (image: UnpackedImage) => ContainerSpec;
}

export interface ContainerRunnerOptions {
  readonly plan: (host: ServiceHost, context: Pick<RunContext, "signal" | "report">) => Promise<ContainerPlan>;
  /** Where the pipes for the containers' output are made; default: `/system/run/containers`. */
  readonly pipeDirectory?: string;
}

const defaultPipeDirectory = "/system/run/containers";
const reconnectEveryMs = 500;

/** Runs a service as a container of containerd's `system` namespace; the service's id is the container's. */
export const container =
  (options: ContainerRunnerOptions) =>
  (host: ServiceHost): Runner => ({
    start: (context) => startContainer(options, host, context),
  });

/** Fetches the image of a service that cannot start yet, so that it need not wait for that, too. */
export async function fetchImage(
  { containerd }: Pick<ServiceHost, "containerd">,
  reference: string,
  context: Pick<RunContext, "signal" | "report">,
): Promise<void> {
  await obtain(await containerd(), reference, context);
}

async function startContainer(options: ContainerRunnerOptions, host: ServiceHost, context: RunContext): Promise<Run> {
  const { id, log, signal } = context;
  const containerd = await host.containerd();
  const { spec, ...needed } = await options.plan(host, context);
  const image = await obtainAndPrepare(containerd, needed, context);
  signal.throwIfAborted();
  // What an earlier run left behind, even one that machined lost sight of: two etcds on one directory are none.
  await removeContainer(containerd, id);
  const pipe = openOutputPipe(`${options.pipeDirectory ?? defaultPipeDirectory}/${id}`, (bytes) => log.write(bytes));
  try {
    const pid = await createContainer(containerd, {
      id,
      image,
      spec: buildRuntimeSpec(withinLimits(spec(image), readHostLimits())),
      output: pipe.path,
      signal,
    });
    await containerd.in(systemNamespace).tasks.start(id);
    return runOf(
      containerd,
      id,
      pid,
      exitOf(containerd, id).finally(() => pipe[Symbol.dispose]()),
    );
  } catch (error) {
    pipe[Symbol.dispose]();
    await removeContainer(containerd, id).catch(() => {});
    throw error;
  }
}

function runOf(containerd: Containerd, id: string, pid: number, ended: Promise<RunEnd>): Run {
  return {
    pid,
    name: `task ${id} (PID ${pid}, container ${id})`,
    started: `Started task ${id} (PID ${pid}) for container ${id}`,
    ended,
    kill: (signal) => containerd.in(systemNamespace).tasks.kill(id, constants.signals[signal]),
  };
}

/** Either may last; when one fails, or is in vain as the configuration has changed, so does the other. */
async function obtainAndPrepare(
  containerd: Containerd,
  { image, prepare }: Pick<ContainerPlan, "image" | "prepare">,
  { report, ...context }: RunContext,
): Promise<UnpackedImage> {
  const failed = new AbortController();
  const signals = [context.signal, context.outdated, failed.signal].filter((signal) => signal !== undefined);
  const signal = AbortSignal.any(signals);
  try {
    return (await Promise.all([obtain(containerd, image, { signal, report }), prepare?.(signal)]))[0];
  } catch (thrown) {
    failed.abort(thrown);
    throw thrown;
  }
}

/** The image, from containerd if it is there. The log of the service's events shows how far a download has got. */
async function obtain(
  containerd: Containerd,
  reference: string,
  { signal, report }: Pick<RunContext, "signal" | "report">,
): Promise<UnpackedImage> {
  const found = await findImage(containerd.in(kubernetesNamespace), reference);
  if (found !== undefined) return found;
  report(`Pulling image "${reference}"`);
  const startedMs = performance.now();
  const onProgress = ({ fetchedBytes, totalBytes }: PullProgress) => {
    report(`Pulling image "${reference}": ${megabytes(fetchedBytes)} of ${megabytes(totalBytes)} MB`);
  };
  const pulled = await pullImage(containerd, { reference, signal, onProgress });
  report(`Pulled image "${reference}" in ${((performance.now() - startedMs) / 1_000).toFixed(1)} s`);
  return pulled;
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

/** Waits for the end, over restarts of containerd, which leave its containers running; then removes the container. */
async function exitOf(containerd: Containerd, id: string): Promise<RunEnd> {
  while (true) {
    try {
      const end = endOf(await containerd.in(systemNamespace).tasks.wait(id));
      await removeContainer(containerd, id);
      return end;
    } catch (error) {
      if (isNotFound(error)) return { code: undefined, signal: undefined };
      if (!isUnavailable(error)) throw new Failure(`Cannot tell how container ${id} ended`, { cause: error });
      await pause(reconnectEveryMs);
    }
  }
}
