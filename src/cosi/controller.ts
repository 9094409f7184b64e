import type { Resource, ResourceKind } from "./resource.ts";
import type { InNamespace, Selection } from "./state.ts";

/**
 * What a controller reads, and what wakes it.
 * - `weak`: every change wakes it;
 * - `strong`: as weak, and it may hold the resource by finalizers until its own work on it is undone;
 * - `destroyReady`: only its own outputs that are torn down and let go by everybody wake it.
 */
export type InputStrength = "weak" | "strong" | "destroyReady";

export interface ControllerInput {
  readonly kind: ResourceKind;
  /** Default: the kind's own namespace. */
  readonly namespace?: string;
  /** One resource instead of all of the kind. */
  readonly id?: string;
  readonly strength: InputStrength;
}

export interface ControllerOutput {
  readonly kind: ResourceKind;
  /** Default: the kind's own namespace. */
  readonly namespace?: string;
  /** `exclusive`: no other controller writes this kind, and what a pass does not put or keep is destroyed. */
  readonly sharing: "exclusive" | "shared";
}

export type LogLevel = "debug" | "info" | "warn" | "error";

export interface PutOptions extends InNamespace {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What one pass may do: read the declared inputs and outputs, write the declared outputs. */
export interface ReconcileContext {
  get<S>(kind: ResourceKind<S>, id: string, options?: InNamespace): Promise<Resource<S> | undefined>;
  list<S>(kind: ResourceKind<S>, options?: Selection): Promise<Resource<S>[]>;

  /**
   * Makes an output be exactly so; writes nothing when it already is. While an earlier incarnation is still held by
   * finalizers it stays, and the controller wakes again once they are gone.
   */
  put<S>(kind: ResourceKind<S>, id: string, spec: S, options?: PutOptions): Promise<Resource<S>>;
  /** Leaves an exclusive output as it is, although this pass did not put it. */
  keep(kind: ResourceKind, id: string, options?: InNamespace): void;
  /**
   * Leaves all exclusive outputs of a kind as they are, but for what this pass puts and destroys: for a controller that
   * knows what it has written, and is woken for a few of thousands.
   */
  keepAll(kind: ResourceKind, options?: InNamespace): void;
  /** Moves an output to `tearingDown`; true when nobody holds it. */
  teardown(kind: ResourceKind, id: string, options?: InNamespace): Promise<boolean>;
  /** Tears down and destroys an output, as soon as nobody holds it; missing ones are fine. */
  destroy(kind: ResourceKind, id: string, options?: InNamespace): Promise<void>;

  /** Holds a strong input by the controller's name. */
  addFinalizer(kind: ResourceKind, id: string, options?: InNamespace): Promise<void>;
  removeFinalizer(kind: ResourceKind, id: string, options?: InNamespace): Promise<void>;

  log(level: LogLevel, message: string): void;
  /** Aborts when the runtime stops. */
  readonly signal: AbortSignal;
  /** Another pass after so long at the latest, even if nothing changes. */
  requeueAfter(ms: number): void;
}

/** Reads inputs, writes outputs. Knows nothing of other controllers. */
export interface Controller {
  /** Unique, such as `network.AddressStatusController`; also the owner of its outputs. */
  readonly name: string;
  readonly inputs: readonly ControllerInput[];
  readonly outputs: readonly ControllerOutput[];
  /** Other reasons to wake: kernel events, a socket's readiness. Restarted with back-off when it throws. */
  readonly wakeOn?: (signal: AbortSignal) => AsyncIterable<unknown>;
  /** One pass, from what is to what should be. Throwing means: again, after a back-off. Never runs twice at once. */
  reconcile(context: ReconcileContext): Promise<void>;
}

/** A frozen controller, checked for what the type system cannot see. */
export function defineController(controller: Controller): Controller {
  for (const { kind, strength } of controller.inputs) {
    if (strength === "destroyReady" && !controller.outputs.some((output) => output.kind.type === kind.type)) {
      throw new TypeError(`Cannot define ${controller.name}: destroyReady input ${kind.type} is not among its outputs`);
    }
  }
  return Object.freeze(controller);
}
