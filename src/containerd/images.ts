import { containerd, google } from "../proto/containerd.ts";
import { type Calls, methodsOf } from "./calls.ts";
import { type Descriptor, decodeDescriptor, encodeDescriptor } from "./descriptor.ts";
import { orUndefinedWhenNotFound, unlessExists } from "./missing.ts";
import { dateOf } from "./timestamp.ts";

const v1 = containerd.services.images.v1;
const method = methodsOf("containerd.services.images.v1.Images");
const get = method("Get", v1.GetImageRequest, v1.GetImageResponse);
const list = method("List", v1.ListImagesRequest, v1.ListImagesResponse);
const create = method("Create", v1.CreateImageRequest, v1.CreateImageResponse);
const update = method("Update", v1.UpdateImageRequest, v1.UpdateImageResponse);
const remove = method("Delete", v1.DeleteImageRequest, google.protobuf.Empty);

/** A name for a manifest or an index in the content store. */
export interface ImageRecord {
  readonly name: string;
  readonly target: Descriptor;
  readonly labels: Readonly<Record<string, string>>;
  readonly createdAt: Date;
}

export interface Images {
  get(name: string): Promise<ImageRecord | undefined>;
  list(): Promise<ImageRecord[]>;
  /** Makes the name point to the target, whether or not it existed. */
  put(image: Pick<ImageRecord, "name" | "target" | "labels">): Promise<void>;
  /** Returns when what only this image used has been collected. A missing image is fine. */
  delete(name: string): Promise<void>;
}

export const imagesOf = (calls: Calls): Images => ({
  get: async (name) => {
    const response = await orUndefinedWhenNotFound(calls.unary(get, { name }));
    return response?.image == null ? undefined : decode(response.image);
  },
  list: async () => (await calls.unary(list, {})).images.map(decode),
  put: async ({ name, target, labels }) => {
    const image = { name, target: encodeDescriptor(target), labels };
    const created = await unlessExists(calls.unary(create, { image }));
    if (!created) await calls.unary(update, { image, update_mask: { paths: ["target", "labels"] } });
  },
  delete: async (name) => {
    await orUndefinedWhenNotFound(calls.unary(remove, { name, sync: true }, { timeoutMs: 120_000 }));
  },
});

const decode = ({ name, target, labels, created_at }: containerd.services.images.v1.Image): ImageRecord => ({
  name,
  target: decodeDescriptor(target),
  labels,
  createdAt: dateOf(created_at),
});
