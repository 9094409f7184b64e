import type { MachineConfig } from "../../../config/index.ts";
import { type Controller, defineController } from "../../../cosi/controller.ts";
import type { ResourceKind } from "../../../cosi/resource.ts";
import { activeConfig, activeConfigInput, isControlPlane } from "../../active-config.ts";

/** A resource of control plane machines that says what the configuration says, and nothing else. */
export interface Derived<S> {
  /** Name of the controller. */
  readonly name: string;
  readonly kind: ResourceKind<S>;
  readonly id: string;
  readonly from: (config: MachineConfig) => S;
}

/** A controller that keeps such a resource. */
export const derivedController = <S>({ name, kind, id, from }: Derived<S>): Controller =>
  defineController({
    name,
    inputs: [activeConfigInput],
    outputs: [{ kind, sharing: "exclusive" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      if (config !== undefined && isControlPlane(config)) await context.put(kind, id, from(config));
    },
  });
