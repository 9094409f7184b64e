import { containerd, google } from "../proto/containerd.ts";
import { type Calls, methodsOf } from "./calls.ts";

const v1 = containerd.services.namespaces.v1;
const method = methodsOf("containerd.services.namespaces.v1.Namespaces");
const list = method("List", v1.ListNamespacesRequest, v1.ListNamespacesResponse);
const create = method("Create", v1.CreateNamespaceRequest, v1.CreateNamespaceResponse);
const remove = method("Delete", v1.DeleteNamespaceRequest, google.protobuf.Empty);

/** containerd's namespaces; most others appear by themselves when something is made in them. */
export interface Namespaces {
  list(): Promise<string[]>;
  /** @throws StatusError alreadyExists */
  create(name: string): Promise<void>;
  /** @throws StatusError failedPrecondition while something is left in it */
  delete(name: string): Promise<void>;
}

export const namespacesOf = (calls: Calls): Namespaces => ({
  list: async () => (await calls.unary(list, {})).namespaces.map(({ name }) => name),
  create: async (name) => void (await calls.unary(create, { namespace: { name } })),
  delete: async (name) => void (await calls.unary(remove, { name })),
});
