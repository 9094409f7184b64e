/** What every object says of itself, as far as we read it. */
export interface ObjectMetadata {
  readonly name?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** An object of any kind. Callers narrow it by an interface of the fields that they read, all of them optional. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: ObjectMetadata;
}

/** Of an object's identity: `v1 ConfigMap kube-system/coredns`. For messages. */
export function describeObject({ apiVersion = "", kind = "", metadata = {} }: KubeObject): string {
  return `${apiVersion} ${kind} ${keyOf({ metadata })}`.trim();
}

/** `namespace/name`, or `name` for what has no namespace. */
export function keyOf({ metadata: { namespace, name = "" } = {} }: KubeObject): string {
  return namespace === undefined || namespace === "" ? name : `${namespace}/${name}`;
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
