import { Failure } from "../../errors/failure.ts";
import type { Channel } from "../../grpc/client/channel.ts";
import type { cosi } from "../../proto/index.ts";
import { api } from "../../proto/methods.ts";
import type { CoreState } from "../core-state.ts";
import { stateOn } from "../derived-state.ts";
import { isNotFound } from "../errors.ts";
import type { Pointer, Resource, ResourceKind } from "../resource.ts";
import type { CreateOptions, InNamespace, OnOne, Selection, State, UpdateOptions, WatchOptions } from "../state.ts";
import { tombstone } from "../tombstone.ts";
import type { WatchEvent } from "../watch-event.ts";
import { decodeEvent } from "./event-message.ts";
import { decodeResource, encodeResource } from "./resource-message.ts";
import { encodeSelection } from "./selection-message.ts";
import type { FindCodec } from "./spec-codec.ts";
import { refusalOf } from "./status.ts";

/** The state of a machine at the other end of a channel. A machine refuses writes from anybody but itself. */
export function wireState(channel: Channel, codecOf: FindCodec): State {
  return stateOn(new WireState(channel, codecOf));
}

class WireState implements CoreState {
  readonly #channel: Channel;
  readonly #codecOf: FindCodec;

  constructor(channel: Channel, codecOf: FindCodec) {
    this.#channel = channel;
    this.#codecOf = codecOf;
  }

  async get<S>(kind: ResourceKind<S>, id: string, options?: InNamespace): Promise<Resource<S> | undefined> {
    const pointer = pointerTo(kind, id, options);
    try {
      const reply = await asking(pointer, () => this.#channel.unary(api("cosi.resource.State/Get"), pointer));
      return this.#resource(reply.resource);
    } catch (thrown) {
      if (isNotFound(thrown)) return undefined;
      throw thrown;
    }
  }

  async list<S>(kind: ResourceKind<S>, options: Selection = {}): Promise<Resource<S>[]> {
    const { namespace, type } = pointerTo(kind, "", options);
    const found: Resource<S>[] = [];
    const replies = this.#channel.serverStream(api("cosi.resource.State/List"), {
      namespace,
      type,
      options: encodeSelection(options),
    });
    for await (const { resource } of replies) found.push(this.#resource(resource));
    return found;
  }

  async create<S>(kind: ResourceKind<S>, id: string, spec: S, options: CreateOptions = {}): Promise<Resource<S>> {
    const pointer = pointerTo(kind, id, options);
    const { owner = "", labels = {}, annotations = {}, finalizers = [] } = options;
    const { metadata } = tombstone(pointer);
    const resource = encodeResource(
      { metadata: { ...metadata, owner, labels, annotations, finalizers }, spec },
      this.#codecOf,
    );
    const request = { resource, options: { owner } };
    return this.#resource(
      (await asking(pointer, () => this.#channel.unary(api("cosi.resource.State/Create"), request))).resource,
    );
  }

  async update<S>(resource: Resource<S>, options: UpdateOptions = {}): Promise<Resource<S>> {
    const { owner = "", expectedPhase = "running" } = options;
    const request = {
      new_resource: encodeResource(resource, this.#codecOf),
      options: { owner, ...(expectedPhase === "any" ? {} : { expected_phase: expectedPhase }) },
    };
    return this.#resource(
      (await asking(resource.metadata, () => this.#channel.unary(api("cosi.resource.State/Update"), request))).resource,
    );
  }

  async destroy(kind: ResourceKind, id: string, options: OnOne = {}): Promise<void> {
    const pointer = pointerTo(kind, id, options);
    const request = { ...pointer, options: { owner: options.owner ?? "" } };
    await asking(pointer, () => this.#channel.unary(api("cosi.resource.State/Destroy"), request));
  }

  async *watch<S>(kind: ResourceKind<S>, options: WatchOptions): AsyncGenerator<WatchEvent<S>, void, undefined> {
    const pointer = pointerTo(kind, options.id ?? "", options);
    const request = { ...watchRequest(pointer, options), options: watchOptions(options) };
    try {
      for await (const { event } of this.#channel.serverStream(api("cosi.resource.State/Watch"), request, {
        signal: options.signal,
      })) {
        // The first response is empty: the watch is in place.
        for (const message of event) yield decodeEvent<S>(message, this.#codecOf);
      }
    } catch (thrown) {
      if (!options.signal.aborted) throw refusalOf(thrown, pointer);
    }
  }

  #resource<S>(message: cosi.resource.Resource.$Properties | null | undefined): Resource<S> {
    if (message === undefined || message === null) throw new Failure("Cannot read a reply: it carries no resource");
    return decodeResource(message, this.#codecOf) as Resource<S>;
  }
}

function watchRequest({ namespace, type }: Pointer, { id }: WatchOptions) {
  return { namespace, type, api_version: 1, ...(id === undefined ? {} : { id }) };
}

function watchOptions(options: WatchOptions): cosi.resource.WatchOptions.$Properties {
  return {
    bootstrap_contents: options.bootstrapContents ?? false,
    bootstrap_bookmark: options.bootstrapBookmark ?? false,
    tail_events: options.tailEvents ?? 0,
    ...(options.startFromBookmark === undefined ? {} : { start_from_bookmark: options.startFromBookmark }),
    ...encodeSelection(options),
  };
}

async function asking<T>(pointer: Pointer, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    throw refusalOf(thrown, pointer);
  }
}

function pointerTo(kind: ResourceKind, id: string, options: InNamespace = {}): Pointer {
  return { namespace: options.namespace ?? kind.namespace, type: kind.type, id };
}
