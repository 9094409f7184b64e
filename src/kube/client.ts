import { Failure } from "../errors/failure.ts";
import type { KubeAccess } from "./access.ts";
import { parseJson, readText } from "./body.ts";
import { collectionPath, Discovery } from "./discovery.ts";
import { isKubeError, KubeUnreachable } from "./kube-error.ts";
import { isRecord, type KubeObject } from "./object.ts";
import { describe, type KubeRequest, type Query, Transport } from "./transport.ts";
import { decodeWatch, type WatchEvent } from "./watch.ts";

export type { Query } from "./transport.ts";

export interface KubeClientOptions {
  /** For each request, its retries and its body included; watches have none. */
  readonly timeoutMs?: number;
}

export interface ApplyOptions {
  /** Who owns the fields that are applied. */
  readonly fieldManager: string;
  /** Takes fields from other owners, instead of failing with 409. */
  readonly force?: boolean;
}

export interface ObjectList<T extends KubeObject> {
  readonly items: readonly T[];
  /** A watch from here tells what came after. */
  readonly resourceVersion: string;
}

const patchTypes = {
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  json: "application/json-patch+json",
} as const;

const defaultTimeoutMs = 30_000;
const maximumAnswerBytes = 64 << 20;
const pageItems = 500;
/** More than a cluster of this kind holds of anything; a list that does not end is a fault. */
const maximumItems = 50_000;

/**
 * A client of the Kubernetes API. Paths are those of the API (`/api/v1/namespaces/default/pods/a`). Every method
 * rejects with KubeError when the server refuses, with Failure when it does not answer. What the type parameters say
 * of objects is the server's word, not checked.
 */
export class KubeClient implements Disposable {
  readonly #transport: Transport;
  readonly #timeoutMs: number;
  readonly #discovery = new Discovery((path, signal) => this.#json({ method: "GET", path, signal }));

  constructor(access: KubeAccess, { timeoutMs = defaultTimeoutMs }: KubeClientOptions = {}) {
    this.#transport = new Transport(access);
    this.#timeoutMs = timeoutMs;
  }

  async get<T extends KubeObject>(path: string, signal?: AbortSignal): Promise<T> {
    return (await this.#json({ method: "GET", path, signal })) as T;
  }

  /** As get; undefined when there is no such object. */
  find<T extends KubeObject>(path: string, signal?: AbortSignal): Promise<T | undefined> {
    return this.get<T>(path, signal).catch((thrown: unknown) => {
      if (isKubeError(thrown, 404)) return undefined;
      throw thrown;
    });
  }

  /** What is no object: `/readyz`, `/version`, logs. */
  async text(path: string, query: Query = {}, signal?: AbortSignal): Promise<string> {
    const request: KubeRequest = { method: "GET", path, query, signal };
    return this.#text(request);
  }

  /** Every object of a path, page by page; selectors are queries (`labelSelector`, `fieldSelector`). */
  async list<T extends KubeObject>(path: string, query: Query = {}, signal?: AbortSignal): Promise<ObjectList<T>> {
    let items: T[] = [];
    let next: string | undefined;
    let restarts = 0;
    while (true) {
      const page = { ...query, limit: pageItems, continue: next };
      try {
        const list = await this.#json({ method: "GET", verb: "list", path, query: page, signal });
        const { kind, apiVersion, metadata, items: found } = listOf(list, path);
        items.push(...found.map((item) => ({ apiVersion, kind, ...(item as T) })));
        if (items.length > maximumItems) throw new Failure(`Cannot list ${path}: there are over ${maximumItems}`);
        next = metadata.continue;
        if (next === undefined) return { items, resourceVersion: metadata.resourceVersion };
      } catch (thrown) {
        // The pages are of one moment, which the server has meanwhile forgotten.
        if (next === undefined || !isKubeError(thrown, 410) || restarts === 3) throw thrown;
        restarts += 1;
        items = [];
        next = undefined;
      }
    }
  }

  /**
   * What changes from `query.resourceVersion` on; without one it begins with an `ADDED` for each object there is.
   * Ends when the server ends it (`query.timeoutSeconds`), throws when the connection breaks.
   */
  async *watch<T extends KubeObject>(
    path: string,
    query: Query = {},
    signal?: AbortSignal,
  ): AsyncGenerator<WatchEvent<T>, void, undefined> {
    const stopping = new AbortController();
    const both = signal === undefined ? stopping.signal : AbortSignal.any([signal, stopping.signal]);
    const watching = { ...query, watch: true };
    const request: KubeRequest = { method: "GET", verb: "watch", path, query: watching, signal: both };
    const what = describe(request);
    try {
      const { body } = await this.#transport.send(request, Number.POSITIVE_INFINITY);
      if (body !== null) yield* decodeWatch<T>(body, what);
    } catch (thrown) {
      signal?.throwIfAborted();
      throw thrown instanceof Failure
        ? thrown
        : new KubeUnreachable(`Cannot ${what}: the connection broke`, { cause: thrown });
    } finally {
      stopping.abort();
    }
  }

  async create<T extends KubeObject>(path: string, body: T, signal?: AbortSignal, query: Query = {}): Promise<T> {
    return (await this.#json({ method: "POST", path, body, query, signal })) as T;
  }

  /** Fails with 409 when the object's resourceVersion is not the newest. */
  async replace<T extends KubeObject>(path: string, body: T, signal?: AbortSignal): Promise<T> {
    return (await this.#json({ method: "PUT", path, body, signal })) as T;
  }

  async patch<T extends KubeObject>(
    path: string,
    body: unknown,
    type: keyof typeof patchTypes,
    signal?: AbortSignal,
    query: Query = {},
  ): Promise<T> {
    return (await this.#json({ method: "PATCH", path, body, contentType: patchTypes[type], query, signal })) as T;
  }

  /** Server-side apply: makes it, or changes the fields that are ours. Its path is asked of the server. */
  async apply<T extends KubeObject>(
    object: T,
    { fieldManager, force }: ApplyOptions,
    signal?: AbortSignal,
  ): Promise<T> {
    const request: KubeRequest = {
      method: "PATCH",
      verb: "apply",
      path: await this.pathOf(object, signal),
      body: object,
      contentType: "application/apply-patch+yaml",
      query: { fieldManager, force },
      signal,
    };
    return (await this.#json(request)) as T;
  }

  /** What is not there is a KubeError 404. */
  async delete(path: string, body?: KubeObject, signal?: AbortSignal): Promise<void> {
    await this.#json({ method: "DELETE", path, body, signal });
  }

  /**
   * Where the object is, or would be; namespace `default` where it needs one and has none.
   * @throws UnknownKind when the server has no such kind
   */
  async pathOf(object: KubeObject, signal?: AbortSignal): Promise<string> {
    return `${await this.collectionOf(object, signal)}/${encodeURIComponent(object.metadata?.name ?? "")}`;
  }

  /** Knows the kind of a CustomResourceDefinition from now on, without asking. */
  learn(definition: KubeObject): void {
    this.#discovery.learn(definition);
  }

  /** The path that it is created at. */
  async collectionOf(object: KubeObject, signal?: AbortSignal): Promise<string> {
    return collectionPath(await this.#discovery.placeOf(object, signal), object.metadata?.namespace);
  }

  [Symbol.dispose](): void {
    this.#transport.close();
  }

  async #json(request: KubeRequest): Promise<unknown> {
    return parseJson(await this.#text(request), describe(request));
  }

  async #text(request: KubeRequest): Promise<string> {
    const response = await this.#transport.send(request, this.#timeoutMs);
    const what = describe(request);
    try {
      return await readText(response, what, maximumAnswerBytes);
    } catch (thrown) {
      request.signal?.throwIfAborted();
      throw thrown instanceof Failure
        ? thrown
        : new KubeUnreachable(`Cannot ${what}: the answer broke off`, { cause: thrown });
    }
  }
}

interface Page {
  /** Of the items: lists say it once. */
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: { readonly resourceVersion: string; readonly continue: string | undefined };
  readonly items: readonly unknown[];
}

function listOf(list: unknown, path: string): Page {
  if (!isRecord(list) || !Array.isArray(list.items)) throw new Failure(`Cannot list ${path}: the answer is no list`);
  const { kind, apiVersion, metadata, items } = list;
  const { resourceVersion, continue: next } = isRecord(metadata) ? metadata : {};
  return {
    kind: String(kind).replace(/List$/, ""),
    apiVersion: String(apiVersion),
    metadata: {
      resourceVersion: typeof resourceVersion === "string" ? resourceVersion : "",
      continue: typeof next === "string" && next !== "" ? next : undefined,
    },
    items,
  };
}
