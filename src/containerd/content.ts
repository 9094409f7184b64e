import { Failure } from "../errors/failure.ts";
import { containerd, google } from "../proto/containerd.ts";
import { toNumber } from "../proto/int64.ts";
import { type Calls, methodsOf } from "./calls.ts";
import { type ContentSource, type ContentWrite, writeContent } from "./content-write.ts";
import type { Descriptor } from "./descriptor.ts";
import { orUndefinedWhenNotFound } from "./missing.ts";

const v1 = containerd.services.content.v1;
const method = methodsOf("containerd.services.content.v1.Content");
const info = method("Info", v1.InfoRequest, v1.InfoResponse);
const update = method("Update", v1.UpdateRequest, v1.UpdateResponse);
const read = method("Read", v1.ReadContentRequest, v1.ReadContentResponse);
const list = method("List", v1.ListContentRequest, v1.ListContentResponse);
const remove = method("Delete", v1.DeleteContentRequest, google.protobuf.Empty);

export interface ContentInfo {
  readonly digest: string;
  readonly size: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** Blobs by their hash. */
export interface ContentStore {
  info(digest: string): Promise<ContentInfo | undefined>;
  list(): Promise<ContentInfo[]>;
  /** The whole of a small blob. @throws Failure when it is longer than `limit` bytes */
  read(descriptor: Descriptor, limit: number): Promise<Uint8Array>;
  /** Adds or replaces labels; they tell the garbage collector what else to keep. */
  label(digest: string, labels: Readonly<Record<string, string>>): Promise<void>;
  /**
   * Stores a blob. What an earlier, broken attempt has stored is not asked of the source again.
   * @throws Failure when the bytes are not those of the digest
   */
  write(write: ContentWrite, source: ContentSource): Promise<void>;
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
  label: async (digest, labels) => {
    const paths = Object.keys(labels).map((name) => `labels.${name}`);
    await calls.unary(update, { info: { digest, labels }, update_mask: { paths } });
  },
  write: (write, source) => writeContent(calls, write, source),
  delete: async (digest) => {
    await orUndefinedWhenNotFound(calls.unary(remove, { digest }));
  },
});

const decode = ({ digest, size, labels }: containerd.services.content.v1.Info): ContentInfo => ({
  digest,
  size: toNumber(size),
  labels,
});
