/** `tearingDown` resources wait for the holders of their finalizers to let go; they never return to `running`. */
export type Phase = "running" | "tearingDown";

/** What every resource has, whatever its type. */
export interface Metadata {
  readonly namespace: string;
  /** Full type name, such as `AddressStatuses.net.talos.dev`. */
  readonly type: string;
  /** Unique within namespace and type. */
  readonly id: string;
  /** Grows by one with every change; 1 after creation, 0 before. */
  readonly version: number;
  /** Name of the controller that alone may change it; empty when anybody may. */
  readonly owner: string;
  readonly phase: Phase;
  readonly created: Date;
  readonly updated: Date;
  /** Those who must let go before it can be destroyed. */
  readonly finalizers: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** One fact about the machine: metadata and a spec. An immutable value; a change makes another one. */
export interface Resource<S = unknown> {
  readonly metadata: Metadata;
  readonly spec: S;
}

/** What the state needs to know of a type; `src/resources` describes much more. */
export interface ResourceKind<S = unknown> {
  readonly type: string;
  /** Where resources of this type live unless a call says otherwise. */
  readonly namespace: string;
  /** Carries the spec's TypeScript type; never present at run time. */
  readonly "~spec"?: S;
}

/** Names one resource. */
export interface Pointer {
  readonly namespace: string;
  readonly type: string;
  readonly id: string;
}

/** `Type(namespace/id)`, the form used in errors and logs. */
export function describe({ namespace, type, id }: Pointer): string {
  return `${type}(${namespace}/${id})`;
}
