import { defineController } from "../../cosi/controller.ts";
import { SeccompProfile } from "../../resources/cri/seccomp-profile.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";

/** `machine.seccompProfiles`, each under its name. */
export const seccompProfileController = () =>
  defineController({
    name: "cri.SeccompProfileController",
    inputs: [activeConfigInput],
    outputs: [{ kind: SeccompProfile, sharing: "exclusive" }],
    async reconcile(context) {
      for (const { name, value } of (await activeConfig(context))?.machine.seccompProfiles ?? []) {
        if (name === undefined) continue; // the validation has told
        await context.put(SeccompProfile, name, { name, value: asStruct(value) });
      }
    },
  });

const asStruct = (value: unknown): SeccompProfile["value"] =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as SeccompProfile["value"]) : {};
