import { defineResource } from "../define.ts";
import { string, struct } from "../fields/index.ts";

/** A seccomp profile from the configuration. */
export const SeccompProfile = defineResource({
  type: "SeccompProfiles.cri.talos.dev",
  namespace: "cri",
  spec: {
    name: string(1),
    value: struct(2),
  },
});

export type SeccompProfile = typeof SeccompProfile.Type;
