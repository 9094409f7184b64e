import { suggest } from "../../../config/suggest.ts";
import type { Containerd } from "../../../containerd/client.ts";
import { Code, StatusError } from "../../../grpc/status.ts";
import { isOfPods } from "./listing.ts";

/** What an id of the API means to containerd. */
export interface FoundContainer {
  readonly internalId: string;
  readonly kind: "own" | "sandbox" | "container";
}

/** `namespace/pod`, `namespace/pod:container`, `namespace/pod:container:0123456789ab`. */
const podId = /^(?<pod>[^/:]+\/[^/:]+)(?::(?<name>[^:]+)(?::(?<part>[0-9a-f]+))?)?$/;

/**
 * The container that is meant; of several of a name, as restarts leave behind, the newest.
 * @throws StatusError NotFound with the id that is most like it.
 */
export async function findContainer(containerd: Containerd, namespace: string, id: string): Promise<FoundContainer> {
  if (!isOfPods(namespace)) {
    const own = await containerd.in(namespace).containers.list();
    if (own.some((record) => record.id === id)) return { internalId: id, kind: "own" };
    throw unknown(
      id,
      own.map((record) => record.id),
    );
  }
  const { runtimeService } = containerd;
  const [pods, containers] = await Promise.all([runtimeService.readyPods(), runtimeService.containers()]);
  const names = new Map(pods.map((pod) => [pod.id, `${pod.namespace}/${pod.name}`]));
  const { pod, name, part } = podId.exec(id)?.groups ?? {};
  if (name === undefined) {
    const sandbox = pods.find((candidate) => names.get(candidate.id) === pod);
    if (sandbox !== undefined) return { internalId: sandbox.id, kind: "sandbox" };
    throw unknown(id, [...names.values()]);
  }
  const [newest] = containers
    .filter((container) => names.get(container.podId) === pod && container.name === name)
    .filter((container) => part === undefined || container.id.startsWith(part))
    .toSorted((left, right) => right.attempt - left.attempt);
  if (newest !== undefined) return { internalId: newest.id, kind: "container" };
  throw unknown(
    id,
    containers.flatMap((container) => {
      const of = names.get(container.podId);
      return of === undefined ? [] : [`${of}:${container.name}`];
    }),
  );
}

function unknown(id: string, known: readonly string[]): StatusError {
  // Of a container that was replaced, the name is still good.
  const withoutPart = id.replace(/:[0-9a-f]{12}$/, "");
  const meant = known.includes(withoutPart) ? withoutPart : (suggest(id, known) ?? startingWith(id, known));
  const hint = meant === undefined ? "" : `, did you mean "${meant}"?`;
  return new StatusError(Code.notFound, `container "${id}" not found${hint}`);
}

/** People leave out the end, or the pod's namespace. */
const startingWith = (id: string, known: readonly string[]): string | undefined =>
  known.find((name) => name.startsWith(id) || name.slice(name.indexOf("/") + 1).startsWith(id));
