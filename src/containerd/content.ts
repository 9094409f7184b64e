import { Failure } from "../errors/failure.ts";
import { containerd, google } from "../proto/containerd.ts";
import { toNumber } from "../proto/int64.ts";
import { type Calls, methodsOf } from "./calls.ts";
import type { Descriptor } from "./descriptor.ts";
import { orUndefinedWhenNotFound } from "./missing.ts";

const v1 = containerd.services.content.v1;
const method = methodsOf("containerd.services.content.v1.Content");
const info = method("Info", v1.InfoRequest, v1.InfoResponse);
const listStatuses = method("ListStatuses", v1.ListStatusesRequest, v1.ListStatusesResponse);
const read = method("Read", v1.ReadContentRequest, v1.ReadContentResponse);
const list = method("List", v1.ListContentRequest, v1.ListContentResponse);
const remove = method("Delete", v1.DeleteContentRequest, google.protobuf.Empty);

export interface ContentInfo {
  readonly digest: string;
  readonly size: number;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ContentStatus {
  /** What the writer calls it: `layer-sha256:…` for a layer. */
  readonly ref: string;
  readonly offset: number;
  readonly total: number;
}

/** Blobs by their hash. */
export interface ContentStore {
  info(digest: string): Promise<ContentInfo | undefined>;
  list(): Promise<ContentInfo[]>;
  /** The whole of a small blob. @throws Failure when it is longer than `limit` bytes */
  read(descriptor: Descriptor, limit: number): Promise<Uint8Array>;
  /** Blobs that are being stored, and how far each has got. */
  writing(signal?: AbortSignal): Promise<ContentStatus[]>;
  /** A missing blob is fine. */
  delete(digest: string): Promise<void>;
}

export const contentOf = (calls: Calls): ContentStore => ({
  info: async (digest) => {
    const response = await orUndefinedWhenNotFound(calls.unary(info, { digest }));
    return response?.info == null ? undefined : decode(response.info);
  },
  list: async () => {
    const all: ContentInfo[] = [];
    for await (const { info } of calls.serverStream(list, {})) all.push(...info.map(decode));
    return all;
  },
  read: async ({ digest, size }, limit) => {
    if (size > limit) throw new Failure(`Cannot read ${digest}: it has ${size} bytes, more than ${limit}`);
    const chunks: Uint8Array[] = [];
    for await (const { data } of calls.serverStream(read, { digest, offset: 0, size: 0 })) chunks.push(data);
    return Buffer.concat(chunks);
  },
  writing: async (signal) => {
    const { statuses } = await calls.unary(listStatuses, {}, signal === undefined ? {} : { signal });
    return statuses.map(({ ref, offset, total }) => ({ ref, offset: toNumber(offset), total: toNumber(total) }));
  },
  delete: async (digest) => {
    await orUndefinedWhenNotFound(calls.unary(remove, { digest }));
  },
});

const decode = ({ digest, size, labels }: containerd.services.content.v1.Info): ContentInfo => ({
  digest,
  size: toNumber(size),
  labels,
});
