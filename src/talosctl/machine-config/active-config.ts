import { Failure } from "../../errors/failure.ts";
import type { Client } from "../client/client.ts";
import { machineConfigType, shownResource } from "../resource/resource.ts";

const id = "v1alpha1";

/** The resource that edit and patch change, as they name it. */
export const activeConfigPath = `${machineConfigType}/${id}`;

/**
 * The text of the config that is in force on a node.
 * @throws StatusError when it has none, or does not let us read it.
 */
export async function activeConfig(
  client: Client,
  node: string,
  { namespace = "config", signal }: { readonly namespace?: string | undefined; readonly signal: AbortSignal },
): Promise<string> {
  const request = { namespace, type: machineConfigType, id };
  const { resource } = await client.at(node, "cosi.resource.State/Get", request, { signal });
  const spec = resource == null ? undefined : shownResource(resource).spec;
  if (typeof spec === "string") return spec;
  throw new Failure(`Cannot read the config of ${node}: it holds no text`);
}
