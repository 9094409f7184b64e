import { Failure } from "../../errors/failure.ts";
import { optional, required } from "../argument.ts";
import { text } from "../flag.ts";

/** The arguments of verbs that change a resource: it is always the config in force. */
export const editable = {
  type: required("machineconfig, or mc: nothing else can be changed", { complete: () => ["machineconfig"] }),
  id: optional("v1alpha1, which is the config in force"),
} as const;

export const editFlags = {
  namespace: text({ doc: "Namespace of the config; for scripts", placeholder: "name", hidden: true }),
} as const;

const names: readonly string[] = ["machineconfig", "machineconfigs", "machineconfigs.config.talos.dev", "mc", "mcs"];

/** @throws Failure when the arguments mean something else than the config in force. */
export function checkEditable({ type, id }: { readonly type: string; readonly id: string | undefined }, verb: string) {
  if (!names.includes(type.toLowerCase())) {
    throw new Failure(`Cannot ${verb} "${type}": only the machine config can be changed`, {
      hint: `Everything else follows from it: talosctl ${verb} machineconfig`,
    });
  }
  if (id !== undefined && id !== "v1alpha1") {
    throw new Failure(`Cannot ${verb} machine config "${id}": only v1alpha1, the one in force, can be changed`);
  }
}
