import { defineController } from "../../cosi/controller.ts";
import { scrubbed } from "../../linux/environment.ts";
import { Environment } from "../../resources/runtime/environment.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";

export interface EnvironmentOptions {
  /** What there is without a configuration. */
  readonly base: Readonly<Record<string, string>>;
  /** Makes it the environment of this process, and of all that it starts from now on. */
  readonly enter: (variables: Readonly<Record<string, string>>) => void;
}

/** Adds `machine.env` to the environment of the machine's own programs. */
export const environmentController = ({ base, enter }: EnvironmentOptions) =>
  defineController({
    name: "runtime.EnvironmentController",
    inputs: [activeConfigInput],
    outputs: [{ kind: Environment, sharing: "exclusive" }],
    async reconcile(context) {
      const wanted = (await activeConfig(context))?.machine.env ?? {};
      const added = Object.entries(wanted).filter(([name, value]) => {
        if (/^[A-Za-z_]\w*$/.test(name) && !value.includes("\0")) return true;
        context.log("error", `machine.env["${name}"] is left out: it is no variable that a program could read`);
        return false;
      });
      const variables = scrubbed({ ...base, ...Object.fromEntries(added) });
      // First the fact, then the news: who hears of it starts programs.
      enter(variables);
      const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
      await context.put(Environment, "machined", { variables: lines.sort() });
    },
  });
