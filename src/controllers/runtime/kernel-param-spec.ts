import { defineController, type ReconcileContext } from "../../cosi/controller.ts";
import { LinkStatus } from "../../resources/network/link-status.ts";
import { KernelParamDefaultSpec } from "../../resources/runtime/kernel-param-default-spec.ts";
import { KernelParamSpec } from "../../resources/runtime/kernel-param-spec.ts";
import { KernelParamStatus } from "../../resources/runtime/kernel-param-status.ts";
import { LoadedKernelModule } from "../../resources/runtime/loaded-kernel-module.ts";
import { KernelParameter } from "./kernel-parameter.ts";
import { belongsToNamespace, configPathOf, hardening } from "./kernel-parameters.ts";

/** A refused value may become right, or a missing parameter appear, by what changes in the kernel without a word. */
const retryMs = 60_000;

interface Wish {
  readonly value: string;
  readonly isDefault: boolean;
}

export interface KernelParamSpecOptions {
  /** False in a container: only what belongs to its own namespaces is set. */
  readonly ownKernel: boolean;
}

/**
 * Sets kernel parameters, the configuration's before the defaults, and gives back what was before once nobody wants
 * anything. One that does not exist yet is set when a module or a network link brings it; one that the kernel refuses
 * is told once, and holds up no other.
 */
export const kernelParamSpecController = ({ ownKernel }: KernelParamSpecOptions) => {
  const parameters = new Map<string, KernelParameter>();
  /** What was said of a parameter, so that it is not said at every pass. */
  const told = new Map<string, string>();

  function tell(context: ReconcileContext, level: "info" | "warn" | "error", id: string, text: string): void {
    if (told.get(id) === text) return;
    told.set(id, text);
    context.log(level, text);
  }

  async function apply(context: ReconcileContext, id: string, wish: Wish): Promise<void> {
    const parameter = parameters.get(id) ?? new KernelParameter(id);
    parameters.set(id, parameter);
    const { value, isDefault } = wish;
    // The same thing may have another name (ip_forward is conf.all.forwarding): a default must not fight the owner.
    const outcome = ownKernel || belongsToNamespace(id) ? parameter.set(value, { insist: !isDefault }) : hostsOwn;
    const name = isDefault ? `the kernel parameter ${id}` : configPathOf(id);
    if (outcome.kind === "foreign") {
      tell(context, "warn", id, `${name} is left as it is: the kernel is the host's`);
    } else if (outcome.kind === "failed") {
      tell(context, "error", id, `Cannot set ${name} to "${value}": ${outcome.problem}`);
      context.requeueAfter(retryMs);
    } else if (outcome.kind === "missing") {
      const why = `${name} has to wait: this kernel has no such parameter, unless a module or a link brings it`;
      tell(context, isDefault ? "info" : "warn", id, why);
      if (!isDefault) context.requeueAfter(retryMs);
    } else if (!isDefault && id in hardening && hardening[id] !== value) {
      tell(context, "warn", id, `${name} gives up protection: it is "${value}" instead of "${hardening[id]}"`);
    } else told.delete(id);
    await context.put(KernelParamStatus, id, {
      current: outcome.kind === "set" ? value : parameter.before,
      default: parameter.before,
      unsupported: outcome.kind === "missing" || outcome.kind === "foreign",
    });
  }

  function giveBack(context: ReconcileContext, id: string, parameter: KernelParameter): void {
    const outcome = parameter.restore();
    if (outcome.kind === "failed") {
      tell(context, "error", id, `Cannot give ${configPathOf(id)} its former value back: ${outcome.problem}`);
      context.keep(KernelParamStatus, id);
      context.requeueAfter(retryMs);
      return;
    }
    told.delete(id);
    parameters.delete(id);
  }

  return defineController({
    name: "runtime.KernelParamSpecController",
    inputs: [
      { kind: KernelParamDefaultSpec, strength: "weak" },
      { kind: KernelParamSpec, strength: "weak" },
      { kind: LoadedKernelModule, strength: "weak" },
      { kind: LinkStatus, strength: "weak" },
    ],
    outputs: [{ kind: KernelParamStatus, sharing: "exclusive" }],
    async reconcile(context) {
      const wishes = new Map<string, Wish>();
      for (const [kind, isDefault] of [
        [KernelParamDefaultSpec, true],
        [KernelParamSpec, false],
      ] as const) {
        for (const { metadata, spec } of await context.list(kind)) {
          if (metadata.phase === "running") wishes.set(metadata.id, { value: spec.value, isDefault });
        }
      }
      for (const [id, parameter] of parameters) if (!wishes.has(id)) giveBack(context, id, parameter);
      for (const [id, wish] of wishes) await apply(context, id, wish);
    },
  });
};

const hostsOwn = { kind: "foreign" } as const;
