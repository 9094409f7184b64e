import { Failure } from "../../errors/failure.ts";
import type { Controller, ControllerOutput } from "../controller.ts";
import type { ResourceKind } from "../resource.ts";
import type { InNamespace } from "../state.ts";

/** What a controller has declared that it touches; everything else is refused. */
export class Access {
  readonly #controller: Controller;

  constructor(controller: Controller) {
    this.#controller = controller;
  }

  /** @throws Failure unless the resource (all of the kind, without an id) is a declared input or output */
  checkRead(kind: ResourceKind, id: string | undefined, options: InNamespace | undefined): void {
    if (this.#output(kind, options) !== undefined) return;
    const declared = this.#controller.inputs.some(
      (input) => covers(input, kind, options) && (input.id === undefined || input.id === id),
    );
    if (!declared) throw this.#refusal("read", kind, id, "it is not among the inputs");
  }

  /** @throws Failure unless the kind is a declared output */
  checkWrite(kind: ResourceKind, id: string | undefined, options: InNamespace | undefined): void {
    if (this.#output(kind, options) === undefined)
      throw this.#refusal("write", kind, id, "it is not among the outputs");
  }

  /** @throws Failure unless the resource is a declared strong input */
  checkHold(kind: ResourceKind, id: string, options: InNamespace | undefined): void {
    const declared = this.#controller.inputs.some(
      (input) => input.strength === "strong" && covers(input, kind, options) && (input.id ?? id) === id,
    );
    if (!declared) throw this.#refusal("hold", kind, id, "it is not a strong input");
  }

  #output(kind: ResourceKind, options: InNamespace | undefined): ControllerOutput | undefined {
    return this.#controller.outputs.find((output) => covers(output, kind, options));
  }

  #refusal(action: string, kind: ResourceKind, id: string | undefined, reason: string): Failure {
    const object = id === undefined ? kind.type : `${kind.type} "${id}"`;
    return new Failure(`Cannot ${action} ${object} in ${this.#controller.name}: ${reason}`, {
      hint: "Declare it where the controller is defined",
    });
  }
}

type Declaration = InNamespace & { readonly kind: ResourceKind };

function covers(declared: Declaration, kind: ResourceKind, options: InNamespace | undefined): boolean {
  return declared.kind.type === kind.type && namespaceOf(declared) === (options?.namespace ?? kind.namespace);
}

/** The namespace of an input or output. */
export function namespaceOf(declared: Declaration): string {
  return declared.namespace ?? declared.kind.namespace;
}
