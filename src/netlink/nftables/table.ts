import type { Verdict } from "./constants.ts";
import type { Expression } from "./expressions.ts";

/** A table of the kernel's packet filter, for IPv4 and IPv6 at once. */
export interface Table {
  readonly name: string;
  readonly chains: readonly Chain[];
}

/** Rules that every packet passes at one place of its way through the kernel. */
export interface Chain {
  readonly name: string;
  /** `filter`. */
  readonly type: string;
  /** NF_INET_PRE_ROUTING to NF_INET_POST_ROUTING, 0 to 4. */
  readonly hook: number;
  /** Chains of a hook run in the order of this. */
  readonly priority: number;
  /** For packets that no rule decides about. */
  readonly policy: keyof typeof Verdict;
  readonly rules: readonly Rule[];
}

export type Rule = readonly Expression[];
