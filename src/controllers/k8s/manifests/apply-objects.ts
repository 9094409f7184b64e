import { Failure } from "../../../errors/failure.ts";
import type { KubeClient } from "../../../kube/client.ts";
import { UnknownKind } from "../../../kube/discovery.ts";
import { isKubeError } from "../../../kube/kube-error.ts";
import { describeObject, type KubeObject } from "../../../kube/object.ts";
import { establish } from "./establish.ts";
import { isDefinition, type OrderedObject } from "./order.ts";

/** Who owns the fields of what we make. */
const fieldManager = "talos";

/** Why some manifests are not applied, or not whole, by their ids. */
export type ApplyTroubles = ReadonlyMap<string, readonly Failure[]>;

/**
 * Makes the objects that are not there, in their order. What is there stays as it is: whoever changed it had a reason.
 * What the server refuses is told and holds up nothing else.
 * @param onCreated told of each that was made
 * @throws Failure when the server does not answer: the rest is for later
 */
export async function applyObjects(
  client: KubeClient,
  objects: readonly OrderedObject[],
  onCreated: (object: string) => void,
  signal: AbortSignal,
): Promise<ApplyTroubles> {
  const troubles = new Map<string, Failure[]>();
  // All are looked for at once, in the time of a few; most of the time all are there. The first of a new cluster, which
  // nodes join by, does not wait for the others.
  const looks = objects.map(({ object }) => Promise.allSettled([exists(client, object, signal)]));
  for (const [index, { manifest, object }] of objects.entries()) {
    const [look] = (await looks[index]) ?? [];
    if (look?.status === "rejected") throw look.reason;
    if (look?.value === true) continue;
    try {
      if (!(await create(client, object, signal))) continue;
      onCreated(describeObject(object));
      if (isDefinition(object)) await establish(client, object, signal);
    } catch (thrown) {
      // Answers are about the object; no answer is about the server.
      if (!isRefusal(thrown)) throw thrown;
      troubles.getOrInsertComputed(manifest, () => []).push(failureOf(manifest, object, thrown));
    }
  }
  return troubles;
}

/** false also while its kind is unknown: it may be about to be defined. */
async function exists(client: KubeClient, object: KubeObject, signal: AbortSignal): Promise<boolean> {
  try {
    return (await client.find(await client.pathOf(object, signal), signal)) !== undefined;
  } catch (thrown) {
    if (isRefusal(thrown)) return false;
    throw thrown;
  }
}

/** @returns false when somebody else was faster */
async function create(client: KubeClient, object: KubeObject, signal: AbortSignal): Promise<boolean> {
  try {
    await client.create(await client.collectionOf(object, signal), object, signal, { fieldManager });
    return true;
  } catch (thrown) {
    if (isKubeError(thrown) && thrown.reason === "AlreadyExists") return false;
    throw thrown;
  }
}

/** Not those that are about us, or about a server that is starting or too busy. */
const isRefusal = (thrown: unknown): boolean =>
  (isKubeError(thrown) && !isKubeError(thrown, 401, 429, 503)) || thrown instanceof UnknownKind;

const failureOf = (manifest: string, object: KubeObject, cause: unknown): Failure =>
  new Failure(`Cannot apply ${describeObject(object)} of manifest ${manifest}`, {
    cause,
    ...(cause instanceof Failure && cause.hint !== undefined && { hint: cause.hint }),
  });
