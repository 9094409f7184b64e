import { expect, test } from "bun:test";
import { messageOf } from "../errors/message.ts";
import { grpc } from "../proto/index.ts";
import { connect } from "./client/connect.ts";
import { healthCheck, healthHandlers } from "./health.ts";
import { createGrpcServer } from "./server/server.ts";
import { socketPath } from "./testing/socket-path.ts";

test("a server says whether it serves, and that it knows no others", async () => {
  using socket = socketPath();
  let serving = false;
  await using server = createGrpcServer({ services: healthHandlers(["machine.MachineService"], () => serving) });
  await server.listenUnix(socket.path);
  using channel = connect({ target: { unix: socket.path } });
  const { SERVING, NOT_SERVING } = grpc.health.v1.HealthCheckResponse.ServingStatus;
  expect((await channel.unary(healthCheck, {})).status).toBe(NOT_SERVING);
  serving = true;
  expect((await channel.unary(healthCheck, { service: "machine.MachineService" })).status).toBe(SERVING);
  const unknown = await channel.unary(healthCheck, { service: "other" }).catch((thrown: unknown) => messageOf(thrown));
  expect(unknown).toBe("unknown service");
});
