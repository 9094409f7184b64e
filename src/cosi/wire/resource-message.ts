import { Failure } from "../../errors/failure.ts";
import type { cosi, google } from "../../proto/index.ts";
import type { Metadata, Phase, Resource } from "../resource.ts";
import type { FindCodec } from "./spec-codec.ts";

/** What the wire says for "no version yet". */
const undefinedVersion = "undefined";

type ResourceMessage = cosi.resource.Resource.$Properties;

/** Resources never change, and many watchers and listings are sent the same one: it is encoded once. */
const encoded = new WeakMap<Resource, ResourceMessage>();

/** A resource as cosi.resource.Resource; a tombstone has no spec. */
export function encodeResource(resource: Resource, codecOf: FindCodec): ResourceMessage {
  const known = encoded.get(resource);
  if (known !== undefined) return known;
  const message = toMessage(resource, codecOf);
  encoded.set(resource, message);
  return message;
}

function toMessage({ metadata, spec }: Resource, codecOf: FindCodec): ResourceMessage {
  const codec = spec === undefined ? undefined : codecOf(metadata.type);
  return {
    metadata: encodeMetadata(metadata),
    spec: codec === undefined ? {} : { proto_spec: codec.encodeProto(spec), yaml_spec: codec.toYaml(spec) },
  };
}

/** @throws Failure for a message without metadata, or of a type that we do not know */
export function decodeResource({ metadata, spec }: cosi.resource.Resource.$Properties, codecOf: FindCodec): Resource {
  if (metadata === undefined || metadata === null) throw new Failure("Cannot decode a resource: it has no metadata");
  const codec = codecOf(metadata.type ?? "");
  if (codec === undefined) throw new Failure(`Cannot decode a resource: "${metadata.type}" is no type we know`);
  return { metadata: decodeMetadata(metadata), spec: codec.decodeProto(spec?.proto_spec ?? new Uint8Array()) };
}

export function encodeMetadata(metadata: Metadata): cosi.resource.Metadata.$Properties {
  const { namespace, type, id, version, owner, phase, created, updated, finalizers, labels, annotations } = metadata;
  return {
    ...{ namespace, type, id, owner, phase },
    version: version === 0 ? undefinedVersion : String(version),
    ...{ created: timestampOf(created), updated: timestampOf(updated) },
    ...{ finalizers: [...finalizers], labels: { ...labels }, annotations: { ...annotations } },
  };
}

function decodeMetadata(message: cosi.resource.Metadata.$Properties): Metadata {
  const { namespace, type, id, owner, version } = message;
  return {
    ...{ namespace: namespace ?? "", type: type ?? "", id: id ?? "", owner: owner ?? "" },
    version: version === undefinedVersion ? 0 : Number(version),
    phase: decodePhase(message.phase ?? ""),
    ...{ created: dateOf(message.created), updated: dateOf(message.updated) },
    finalizers: message.finalizers ?? [],
    labels: message.labels ?? {},
    annotations: message.annotations ?? {},
  };
}

/** @throws Failure for what is no phase */
export function decodePhase(phase: string): Phase {
  if (phase === "running" || phase === "tearingDown") return phase;
  throw new Failure(`Cannot decode a resource: "${phase}" is no phase`);
}

function timestampOf(date: Date): google.protobuf.Timestamp.$Properties {
  const seconds = Math.floor(date.getTime() / 1_000);
  return { seconds, nanos: (date.getTime() - seconds * 1_000) * 1e6 };
}

function dateOf(timestamp: google.protobuf.Timestamp.$Properties | null | undefined): Date {
  return new Date(Number(timestamp?.seconds ?? 0) * 1_000 + Math.floor((timestamp?.nanos ?? 0) / 1e6));
}
