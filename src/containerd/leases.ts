import { containerd, google } from "../proto/containerd.ts";
import { type Calls, methodsOf } from "./calls.ts";
import { orUndefinedWhenNotFound } from "./missing.ts";

const v1 = containerd.services.leases.v1;
const method = methodsOf("containerd.services.leases.v1.Leases");
const create = method("Create", v1.CreateRequest, v1.CreateResponse);
const list = method("List", v1.ListRequest, v1.ListResponse);
const addResource = method("AddResource", v1.AddResourceRequest, google.protobuf.Empty);
const remove = method("Delete", v1.DeleteRequest, google.protobuf.Empty);

/** A lease keeps what was made under it from the garbage collector, until it is deleted or expires. */
export interface Leases {
  create(id: string, expires: Date): Promise<void>;
  list(): Promise<string[]>;
  /** Keeps a snapshot that somebody else made. */
  addSnapshot(id: string, snapshotter: string, name: string): Promise<void>;
  /** A missing lease is fine. */
  delete(id: string): Promise<void>;
}

export const leasesOf = (calls: Calls): Leases => ({
  create: async (id, expires) => {
    // containerd reads RFC 3339 to the second.
    const labels = { "containerd.io/gc.expire": expires.toISOString().replace(/\.\d+Z$/, "Z") };
    await calls.unary(create, { id, labels });
  },
  list: async () => (await calls.unary(list, {})).leases.map(({ id }) => id),
  addSnapshot: async (id, snapshotter, name) => {
    await calls.unary(addResource, { id, resource: { id: name, type: `snapshots/${snapshotter}` } });
  },
  delete: async (id) => {
    await orUndefinedWhenNotFound(calls.unary(remove, { id }));
  },
});
