import { Failure } from "../../errors/failure.ts";
import type { Client } from "./client.ts";

/**
 * The node of a command that makes sense for one only.
 * @throws Failure when several are set.
 */
export function oneNode({ nodes }: Client, verb: string): string {
  if (nodes.length > 1) {
    throw new Failure(`Cannot ${verb} on ${nodes.length} nodes at once: it works on one`, {
      hint: `Choose one of ${nodes.join(", ")} with -n`,
    });
  }
  return nodes[0] ?? "";
}
