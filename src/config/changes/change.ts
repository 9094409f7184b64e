import type { Effect } from "../describe.ts";

/** One field whose value differs between two configs. */
export interface Change {
  /** For people: `machine.sysctls["vm.swappiness"]`, `HostnameConfig.hostname`, `LinkConfig[eth0].mtu`. */
  readonly path: string;
  /** The document it is in; undefined for the v1alpha1 one. */
  readonly document: { readonly kind: string; readonly name: string } | undefined;
  /** Secrets are replaced by `hidden`; undefined when the field was not set. */
  readonly before: unknown;
  readonly after: unknown;
  readonly effect: Effect;
}

/** Stands for a secret wherever a value is shown. */
export const hidden = "(hidden)";
