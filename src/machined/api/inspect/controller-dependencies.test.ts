import { expect, test } from "bun:test";
import { connect } from "../../../grpc/client/connect.ts";
import { createGrpcServer } from "../../../grpc/server/server.ts";
import { socketPath } from "../../../grpc/testing/socket-path.ts";
import { inspect } from "../../../proto/index.ts";
import { api } from "../../../proto/methods.ts";
import { inspectHandlers } from "./controller-dependencies.ts";

test("the graph has an edge for each input and output", async () => {
  const edge = { controller: "a.Controller", type: "Foos.talos.dev", namespace: "runtime", id: "" } as const;
  const dependencies = () => [
    { ...edge, edge: "outputShared" } as const,
    { ...edge, edge: "inputDestroyReady", id: "foo" } as const,
  ];
  using socket = socketPath();
  await using server = createGrpcServer({ services: inspectHandlers({ dependencies }) });
  await server.listenUnix(socket.path);
  using channel = connect({ target: { unix: socket.path } });
  const reply = await channel.unary(api("inspect.InspectService/ControllerRuntimeDependencies"), {});
  const { OUTPUT_SHARED, INPUT_DESTROY_READY } = inspect.DependencyEdgeType;
  expect(reply.messages[0]?.edges).toMatchObject([
    { controller_name: "a.Controller", edge_type: OUTPUT_SHARED, resource_type: "Foos.talos.dev", resource_id: "" },
    { edge_type: INPUT_DESTROY_READY, resource_namespace: "runtime", resource_id: "foo" },
  ]);
});
