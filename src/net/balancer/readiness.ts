import type { Target } from "./target.ts";

/** What a server that listens says of itself: rely on me, do not yet, or nothing in time. */
export type Readiness = "ready" | "starting" | "silent";

/** Does not fail. */
export type AskReadiness = (target: Target, signal: AbortSignal) => Promise<Readiness>;
