import type { DependencyEdge } from "../../../cosi/runtime.ts";
import type { Handlers } from "../../../grpc/handler.ts";
import { implement } from "../../../grpc/implement.ts";
import { inspect } from "../../../proto/index.ts";
import { methods } from "../../../proto/methods.ts";

const { DependencyEdgeType } = inspect;

const edgeType = {
  outputExclusive: DependencyEdgeType.OUTPUT_EXCLUSIVE,
  outputShared: DependencyEdgeType.OUTPUT_SHARED,
  inputStrong: DependencyEdgeType.INPUT_STRONG,
  inputWeak: DependencyEdgeType.INPUT_WEAK,
  inputDestroyReady: DependencyEdgeType.INPUT_DESTROY_READY,
} as const satisfies Record<DependencyEdge["edge"], number>;

/** InspectService: which controller reads and writes what, for `talosctl inspect dependencies`. */
export function inspectHandlers(runtime: { dependencies(): DependencyEdge[] }): Handlers {
  const path = "inspect.InspectService/ControllerRuntimeDependencies";
  const edges = (): inspect.ControllerDependencyEdge.$Properties[] =>
    runtime.dependencies().map(({ controller, edge, type, namespace, id }) => ({
      controller_name: controller,
      edge_type: edgeType[edge],
      resource_namespace: namespace,
      resource_type: type,
      resource_id: id,
    }));
  return { [path]: implement(methods[path], async () => ({ messages: [{ edges: edges() }] })) };
}
