import { decodePhase, decodeResource, encodeResource } from "../../../cosi/wire/resource-message.ts";
import { statusOf } from "../../../cosi/wire/status.ts";
import type { HandlerFunction } from "../../../grpc/handler.ts";
import type { methods } from "../../../proto/methods.ts";
import type { Reading } from "./reading.ts";

// Never reachable on a machine: it is what the conformance cases write through, so that the protocol is whole.

type Serves<Name extends "Create" | "Update" | "Destroy"> = HandlerFunction<
  (typeof methods)[`cosi.resource.State/${Name}`]
>;

export const create =
  ({ state, check, codecOf }: Reading): Serves<"Create"> =>
  async ({ resource, options }, call) => {
    const { metadata, spec } = decodeResource(resource ?? {}, codecOf);
    check(metadata, call);
    const { namespace, labels, annotations, finalizers } = metadata;
    const created = await refusing(() =>
      state.create(metadata, metadata.id, spec, {
        ...{ namespace, labels, annotations, finalizers },
        owner: options?.owner ?? "",
      }),
    );
    return { resource: encodeResource(created, codecOf) };
  };

export const update =
  ({ state, check, codecOf }: Reading): Serves<"Update"> =>
  async ({ new_resource, options }, call) => {
    const resource = decodeResource(new_resource ?? {}, codecOf);
    check(resource.metadata, call);
    const phase = options?.expected_phase;
    const expectedPhase = typeof phase === "string" ? decodePhase(phase) : "any";
    const updated = await refusing(() => state.update(resource, { owner: options?.owner ?? "", expectedPhase }));
    return { resource: encodeResource(updated, codecOf) };
  };

export const destroy =
  ({ state, check }: Reading): Serves<"Destroy"> =>
  async ({ namespace, type, id, options }, call) => {
    check({ namespace, type }, call);
    await refusing(() => state.destroy({ namespace, type }, id, { owner: options?.owner ?? "" }));
    return {};
  };

async function refusing<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (thrown) {
    throw statusOf(thrown);
  }
}
