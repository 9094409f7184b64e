import type { ReconcileContext } from "../cosi/controller.ts";

/**
 * Tells a trouble once, however often it is met. It is news again when it is another, or comes back after a time without
 * any.
 */
export function warnOnce(): (context: Pick<ReconcileContext, "log">, trouble: string | undefined) => void {
  let told: string | undefined;
  return (context, trouble) => {
    if (trouble !== undefined && trouble !== told) context.log("warn", trouble);
    told = trouble;
  };
}
