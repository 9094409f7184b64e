import { containerd, google } from "../proto/containerd.ts";
import { type Calls, methodsOf } from "./calls.ts";
import { orUndefinedWhenNotFound } from "./missing.ts";
import { dateOf } from "./timestamp.ts";

const v1 = containerd.services.containers.v1;
const method = methodsOf("containerd.services.containers.v1.Containers");
const get = method("Get", v1.GetContainerRequest, v1.GetContainerResponse);
const list = method("List", v1.ListContainersRequest, v1.ListContainersResponse);
const create = method("Create", v1.CreateContainerRequest, v1.CreateContainerResponse);
const remove = method("Delete", v1.DeleteContainerRequest, google.protobuf.Empty);

const specType = "types.containerd.io/opencontainers/runtime-spec/1/Spec";

/** What containerd remembers of a container; whether it runs, its task tells. */
export interface ContainerRecord {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Name of its image; empty when it has none. */
  readonly image: string;
  /** Such as `io.containerd.runc.v2`. */
  readonly runtime: string;
  readonly snapshotKey: string;
  /** OCI runtime configuration: parsed JSON, of any shape when others made the container. */
  readonly spec: unknown;
  readonly createdAt: Date;
}

export interface NewContainer {
  readonly id: string;
  readonly image: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec: object;
}

export interface Containers {
  get(id: string): Promise<ContainerRecord | undefined>;
  list(): Promise<ContainerRecord[]>;
  /** @throws StatusError alreadyExists */
  create(container: NewContainer): Promise<void>;
  /** A missing container is fine. */
  delete(id: string): Promise<void>;
}

export const containersOf = (calls: Calls): Containers => ({
  get: async (id) => {
    const response = await orUndefinedWhenNotFound(calls.unary(get, { id }));
    return response?.container == null ? undefined : decode(response.container);
  },
  list: async () => (await calls.unary(list, {})).containers.map(decode),
  create: async ({ id, image, labels = {}, spec }) => {
    const value = new TextEncoder().encode(JSON.stringify(spec));
    const runtime = { name: "io.containerd.runc.v2" };
    const fields = { id, image, labels, runtime };
    await calls.unary(create, { container: { ...fields, spec: { type_url: specType, value } } });
  },
  delete: async (id) => {
    await orUndefinedWhenNotFound(calls.unary(remove, { id }));
  },
});

const decode = (wire: containerd.services.containers.v1.Container): ContainerRecord => ({
  id: wire.id,
  labels: wire.labels,
  image: wire.image,
  runtime: wire.runtime?.name ?? "",
  snapshotKey: wire.snapshot_key,
  spec: parseSpec(wire.spec?.value),
  createdAt: dateOf(wire.created_at),
});

function parseSpec(bytes: Uint8Array | undefined): unknown {
  try {
    return bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined; // not JSON: a container of some other runtime
  }
}
