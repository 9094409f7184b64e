import { type Containerd, kubernetesNamespace } from "../../../containerd/client.ts";
import { imageSize } from "../../../containerd/image/image-size.ts";
import { isPinned, pullImage } from "../../../containerd/image/pull-image.ts";
import { isNotFound } from "../../../containerd/missing.ts";
import { messageOf } from "../../../errors/message.ts";
import type { Call } from "../../../grpc/call.ts";
import { Code, StatusError } from "../../../grpc/status.ts";
import { formatImageReference, parseImageReference } from "../../../oci/image-reference.ts";
import { common, type machine } from "../../../proto/index.ts";
import type { Machine } from "../../machine.ts";
import { timestamp } from "../timestamp.ts";

const { NS_CRI, NS_SYSTEM } = common.ContainerdNamespace;
/** A pull may take as long as the client waits; this is when it has forgotten us. */
const pullTimeoutMs = 3_600_000;

/**
 * MachineService/ImageList. All images are in one namespace of containerd, where its CRI plugin pulls them to; those of
 * the system are the ones that it must not collect.
 */
export async function* imageList(
  machine: Pick<Machine, "containerd">,
  { namespace }: machine.ImageListRequest,
): AsyncGenerator<machine.ImageListResponse.$Properties> {
  const ofSystem = isOfSystem(namespace);
  const { images, content } = (await machine.containerd()).in(kubernetesNamespace);
  for (const { name, target, labels, createdAt } of await images.list()) {
    if (ofSystem && !isPinned(labels)) continue;
    const size = await imageSize(content, target);
    yield { name, digest: target.digest, size, created_at: timestamp(createdAt) };
  }
}

/** MachineService/ImagePull: has containerd fetch an image, through the mirrors of the config. */
export async function imagePull(
  machine: Pick<Machine, "containerd">,
  { namespace, reference }: machine.ImagePullRequest,
  { signal }: Pick<Call, "signal">,
): Promise<machine.ImagePullResponse.$Properties> {
  const ofSystem = isOfSystem(namespace);
  const name = fullName(reference);
  const containerd = await machine.containerd();
  await (ofSystem ? pullImage(containerd, { reference: name, signal }) : pullOnce(containerd, name, signal));
  return { messages: [{}] };
}

/** What nobody has is told at once; so is a registry that cannot be reached: whoever asks is waiting. */
async function pullOnce({ imageService }: Containerd, name: string, signal: AbortSignal): Promise<void> {
  try {
    await imageService.pull(name, { signal, timeoutMs: pullTimeoutMs });
  } catch (cause) {
    const code = isNotFound(cause) ? Code.notFound : Code.unknown;
    throw new StatusError(code, `error pulling image: ${messageOf(cause)}`, { cause });
  }
}

function isOfSystem(namespace: common.ContainerdNamespace): boolean {
  if (namespace === NS_CRI || namespace === NS_SYSTEM) return namespace === NS_SYSTEM;
  throw new StatusError(Code.invalidArgument, `namespace ${namespace} is not known, use NS_SYSTEM or NS_CRI`);
}

function fullName(reference: string): string {
  try {
    return formatImageReference(parseImageReference(reference));
  } catch (cause) {
    throw new StatusError(Code.invalidArgument, messageOf(cause), { cause });
  }
}
