import { toYaml } from "../config/yaml-text.ts";
import { deepFreeze } from "../cosi/deep-freeze.ts";
import type { ResourceKind } from "../cosi/resource.ts";
import type { YamlPlace, YamlValue } from "./fields/codec.ts";
import type { Fields, SpecOf } from "./fields/field.ts";
import { messageOf } from "./fields/message.ts";
import { aliasesOf, displayTypeOf } from "./names.ts";

/** A column of `talosctl get`: a header, and where in the spec its value is, as a JSONPath `{.address}`. */
export interface Column {
  readonly name: string;
  readonly path: string;
}

/** How the spec of a type travels and is shown. */
export interface SpecCodec<S> {
  encode(spec: S): Uint8Array;
  /** @throws Failure for bytes that are no message */
  decode(bytes: Uint8Array): S;
  yaml(spec: S): YamlValue;
}

/** All there is to say about a type of resources. */
export interface ResourceType<S = unknown> extends ResourceKind<S> {
  /** Singular, such as `AddressStatus`. */
  readonly displayType: string;
  /** Short names: those given, then derived ones. */
  readonly aliases: readonly string[];
  /** Everything that names it. */
  readonly allAliases: readonly string[];
  /** Only administrators may read it. */
  readonly sensitive: boolean;
  readonly columns: readonly Column[];
  /** The described fields; empty for the few types whose spec is a document. */
  readonly fields: Fields;
  encodeProto(spec: S): Uint8Array;
  /** @throws Failure for bytes that are no message */
  decodeProto(bytes: Uint8Array): S;
  /** For JSON output and for columns. */
  toYamlValue(spec: S): YamlValue;
  toYaml(spec: S): string;
  /** The spec's TypeScript type, as `typeof X.Type`; not there at run time. */
  readonly Type: S;
}

interface Description {
  readonly type: string;
  readonly namespace: string;
  /** Short names that cannot be derived from the type. */
  readonly aliases?: readonly string[];
  /** False for the rare type whose derived names belong to a successor. */
  readonly automaticAliases?: boolean;
  readonly sensitive?: boolean;
  /** Header → JSONPath. */
  readonly columns?: Readonly<Record<string, string>>;
}

/** A type whose spec has these fields. */
export function defineResource<const F extends Fields>(
  description: Description & { readonly spec: F },
): ResourceType<SpecOf<F>> & DescribedType<F> {
  const { encode, decode, yaml, fromYaml } = messageOf(description.spec);
  return Object.freeze({
    ...defineDocument(description, { encode, decode, yaml }),
    fields: description.spec,
    fromYaml: (value: YamlValue, place: Partial<YamlPlace> = {}) => fromYaml(value, { path: "", ...place }),
  });
}

/** What can be told of a type whose fields are known. */
export interface DescribedType<F extends Fields> {
  readonly fields: F;
  /**
   * A spec from what `toYamlValue` shows, or from what a person wrote in the same form: fields that are left out are
   * empty, unknown ones are told and passed over.
   * @throws Failure naming the place of a value that is not of its field's type
   */
  fromYaml(value: YamlValue, place?: Partial<YamlPlace>): SpecOf<F>;
}

/** A type whose spec is not a message of fields, but a document or a single value. */
export function defineDocument<S>(description: Description, codec: SpecCodec<S>): ResourceType<S> {
  const { type, namespace, aliases = [], automaticAliases = true, sensitive = false, columns = {} } = description;
  const names = aliasesOf(type, aliases, automaticAliases);
  return Object.freeze({
    type,
    namespace,
    displayType: displayTypeOf(type),
    aliases: names.short,
    allAliases: names.all,
    sensitive,
    columns: Object.entries(columns).map(([name, path]) => ({ name, path })),
    fields: {},
    encodeProto: codec.encode,
    // Decoded specs share the zero values of their type.
    decodeProto: (bytes: Uint8Array) => deepFreeze(codec.decode(bytes)),
    toYamlValue: codec.yaml,
    toYaml: (spec: S) => toYaml(codec.yaml(spec)),
  }) as Omit<ResourceType<S>, "Type"> as ResourceType<S>;
}
