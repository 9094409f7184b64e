import { expect, test } from "bun:test";
import { testConfig } from "../../../config/testing.ts";
import { osRootController } from "../../../controllers/secrets/os-root.ts";
import { machineWith } from "../../../controllers/testing.ts";
import { connect } from "../../../grpc/client/connect.ts";
import { createGrpcServer } from "../../../grpc/server/server.ts";
import { Code } from "../../../grpc/status.ts";
import { failureOf } from "../../../grpc/testing/failure-of.ts";
import { socketPath } from "../../../grpc/testing/socket-path.ts";
import { api } from "../../../proto/methods.ts";
import { OSRootSecret } from "../../../resources/secrets/os-root-secret.ts";
import { clusterHandlers } from "./health-check.ts";

/** How a call for a cluster of these nodes ends, and what it told until then. */
async function healthOf(type: "controlplane" | "worker", seconds: number) {
  await using machine = await machineWith({ config: testConfig(type) }, osRootController());
  await machine.eventually(OSRootSecret, "os");
  using path = socketPath();
  await using server = createGrpcServer({ services: clusterHandlers(machine) });
  await server.listenUnix(path.path);
  using channel = connect({ target: { unix: path.path } });
  const lines: string[] = [];
  const request = { wait_timeout: { seconds, nanos: 3e8 }, cluster_info: { control_plane_nodes: ["10.0.0.2"] } };
  const failure = await failureOf(
    (async () => {
      const replies = channel.serverStream(api("cluster.ClusterService/HealthCheck"), request, {
        metadata: { "talos-role": "os:reader" },
      });
      for await (const { message } of replies) lines.push(message);
    })(),
  );
  return { failure, lines };
}

test("a check that takes too long ends with what was missing", async () => {
  // Nobody listens at apid's port here.
  const { failure, lines } = await healthOf("controlplane", 0);
  expect(lines.slice(0, 2)).toEqual(['discovered nodes: ["10.0.0.2"]', "waiting for etcd to be healthy: ..."]);
  expect(failure[0]).toBe(Code.deadlineExceeded);
  expect(failure[1]).toStartWith("Cannot see etcd to be healthy: ");
});

test("a worker cannot ask others, and no time to wait is none", async () => {
  expect((await healthOf("worker", 1)).failure).toEqual([
    Code.unimplemented,
    "other nodes can be asked through control plane nodes only",
  ]);
  expect((await healthOf("controlplane", -1)).failure[0]).toBe(Code.deadlineExceeded);
});
