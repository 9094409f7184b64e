import type { Metadata } from "../grpc/metadata.ts";
import { Code, StatusError } from "../grpc/status.ts";
import { methodAt } from "../proto/methods.ts";

/** Where a call goes. */
export type Route =
  | { readonly to: "machine" }
  /** One node, whose answer is passed on as it is. */
  | { readonly to: "node"; readonly node: string }
  /** Nodes whose answers are joined into one, even if it is a single one. */
  | { readonly to: "nodes"; readonly nodes: readonly string[] };

/**
 * Reads from a call's metadata where it goes.
 * @param path `/package.Service/Method`
 * @throws StatusError when the metadata contradict themselves or the method.
 */
export function routeOf(path: string, metadata: Metadata): Route {
  // Another apid has routed it here: a second hop could become a loop.
  if (metadata.has("proxyfrom")) return { to: "machine" };

  const nodes = valuesOf(metadata, "nodes");
  if (nodes.length > 0) {
    if (!canJoin(path)) {
      throw new StatusError(Code.invalidArgument, `one-2-many proxying is not supported for method ${path}`);
    }
    return { to: "nodes", nodes };
  }
  if (!metadata.has("node")) return { to: "machine" };
  const [node, ...others] = valuesOf(metadata, "node");
  if (node === undefined || others.length > 0) {
    throw new StatusError(Code.invalidArgument, "node metadata must be single-valued");
  }
  return { to: "node", node };
}

/** Whether the answers of several nodes can become one. Resources say nowhere which node they are from. */
const canJoin = (path: string): boolean => !path.startsWith("/cosi.") && methodAt(path)?.fanOut !== "refuse";

/** Values of a header that may be given several times, or once with commas. */
const valuesOf = (metadata: Metadata, name: string): readonly string[] =>
  (metadata.get(name) ?? [])
    .flatMap((value) => value.split(","))
    .map((value) => value.trim())
    .filter((value) => value !== "");
