import { expect, test } from "bun:test";
import { messageOf } from "../errors/message.ts";
import { grpc } from "../proto/index.ts";
import { healthCheck } from "./health.ts";
import { servedEcho } from "./testing/served-echo.ts";

test("every server says that it serves, and what it does not know", async () => {
  await using echoed = await servedEcho();
  const ask = (service: string) => echoed.channel.unary(healthCheck, { service });
  const { SERVING } = grpc.health.v1.HealthCheckResponse.ServingStatus;
  expect((await ask("")).status).toBe(SERVING);
  expect((await ask("test.Echo")).status).toBe(SERVING);
  expect(await ask("other").catch((thrown: unknown) => messageOf(thrown))).toBe("unknown service");
});
