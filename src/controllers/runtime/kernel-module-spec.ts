import { defineController } from "../../cosi/controller.ts";
import { messageOf } from "../../errors/message.ts";
import { KernelModuleSpec } from "../../resources/runtime/kernel-module-spec.ts";

/** A module that found no device may find one later. */
const retryMs = 10 * 60_000;

export interface KernelModuleSpecOptions {
  /**
   * Loads a module with what it depends on; one that is there already takes what parameters it still can.
   * @throws when there is none of this name, or the kernel refuses it
   */
  readonly load: (module: { readonly name: string; readonly parameters: readonly string[] }) => Promise<{
    readonly loaded: boolean;
    /** Parameters that came too late. */
    readonly late: readonly string[];
  }>;
}

/** Loads the modules that the configuration names. None is unloaded: it may be in use by others than it was for. */
export const kernelModuleSpecController = ({ load }: KernelModuleSpecOptions) => {
  /** What was done, or said, for which wish. */
  const done = new Map<string, string>();
  const failed = new Map<string, string>();
  return defineController({
    name: "runtime.KernelModuleSpecController",
    inputs: [{ kind: KernelModuleSpec, strength: "weak" }],
    outputs: [],
    async reconcile(context) {
      const wishes = await context.list(KernelModuleSpec);
      const wanted = new Set(wishes.map(({ metadata }) => metadata.id));
      for (const name of failed.keys()) if (!wanted.has(name)) failed.delete(name);
      for (const name of done.keys()) if (!wanted.has(name)) done.delete(name);
      for (const { spec } of wishes) {
        const { string: name, parameters } = spec;
        const wish = parameters.join(" ");
        if (done.get(name) === wish) continue;
        try {
          const { loaded, late } = await load({ name, parameters });
          done.set(name, wish);
          failed.delete(name);
          if (loaded) context.log("info", `loaded the kernel module ${name}${wish === "" ? "" : ` with ${wish}`}`);
          if (late.length > 0) {
            const why = "it was loaded before the configuration was known, and cannot change them while it runs";
            context.log("warn", `the kernel module ${name} goes without ${late.join(" ")}: ${why}`);
          }
        } catch (thrown) {
          const problem = messageOf(thrown);
          if (failed.get(name) !== problem) context.log("error", `machine.kernel.modules: ${problem}`);
          failed.set(name, problem);
          context.requeueAfter(retryMs);
        }
      }
    },
  });
};
