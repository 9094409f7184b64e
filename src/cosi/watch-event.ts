import type { Resource } from "./resource.ts";

/** A change, with its place in history: a later watch can continue after `bookmark`. */
export type WatchEvent<S = unknown> =
  | { readonly type: "created"; readonly resource: Resource<S>; readonly bookmark?: Uint8Array }
  | {
      readonly type: "updated";
      readonly resource: Resource<S>;
      readonly old: Resource<S>;
      readonly bookmark?: Uint8Array;
    }
  | { readonly type: "destroyed"; readonly resource: Resource<S>; readonly bookmark?: Uint8Array }
  /** All that existed when the watch began has been told. */
  | { readonly type: "bootstrapped"; readonly bookmark?: Uint8Array }
  /** Carries a bookmark and nothing else. */
  | { readonly type: "noop"; readonly bookmark?: Uint8Array }
  /** The watch is over: its reader was too slow, or the connection broke. */
  | { readonly type: "errored"; readonly error: Error };
