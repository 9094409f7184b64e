import { defineResource } from "../define.ts";
import { boolean, string } from "../fields/index.ts";
import { fipsState, selinuxState } from "./machine-names.ts";

/** How far boot and kernel are locked down. */
export const SecurityState = defineResource({
  type: "SecurityStates.talos.dev",
  namespace: "runtime",
  spec: {
    secureBoot: boolean(1),
    ukiSigningKeyFingerprint: string(2).optional(),
    pcrSigningKeyFingerprint: string(3).optional(),
    selinuxState: selinuxState(4).optional(),
    fipsState: fipsState(6).optional(),
    bootedWithUKI: boolean(5).optional(),
    moduleSignatureEnforced: boolean(7).optional(),
  },
  columns: {
    SecureBoot: "{.secureBoot}",
    UKISigningKeyFingerprint: "{.ukiSigningKeyFingerprint}",
    PCRSigningKeyFingerprint: "{.pcrSigningKeyFingerprint}",
    SELinuxState: "{.selinuxState}",
    ModuleSignatureEnforced: "{.moduleSignatureEnforced}",
  },
});

export type SecurityState = typeof SecurityState.Type;
