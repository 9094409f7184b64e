import { expect, test } from "bun:test";
import { gzipSync } from "node:zlib";
import type { Handlers } from "../../grpc/handler.ts";
import { implement } from "../../grpc/implement.ts";
import { Code, StatusError } from "../../grpc/status.ts";
import { kubeconfigOf } from "../../kube/kubeconfig.ts";
import { writeTar } from "../../oci/tar-writer.ts";
import type { cluster } from "../../proto/index.ts";
import { type MethodName, methods } from "../../proto/methods.ts";
import { serveTestMachine } from "../testing/machine.ts";

const path = "cluster.ClusterService/HealthCheck";

/** A machine that tells this of a check, and then ends. */
function tells(lines: readonly string[], end?: Error): { services: Handlers; asked: cluster.HealthCheckRequest[] } {
  const asked: cluster.HealthCheckRequest[] = [];
  const serve = async function* (request: cluster.HealthCheckRequest) {
    asked.push(request);
    for (const message of lines) yield { message };
    if (end !== undefined) throw end;
  };
  return { asked, services: { [path]: implement(methods[path], serve) } };
}

test("what the machine waits for is shown check by check", async () => {
  const { services, asked } = tells([
    'discovered nodes: ["10.0.0.2"]',
    "waiting for etcd to be healthy: ...",
    "waiting for etcd to be healthy: 10.0.0.2: etcd is Preparing",
    "waiting for etcd to be healthy: OK",
    "waiting for kube-proxy to report ready: ...",
    "waiting for kube-proxy to report ready: SKIP",
  ]);
  await using machine = await serveTestMachine({ services });
  const flags = ["--control-plane-nodes", "10.0.0.2,10.0.0.3", "--init-node", "10.0.0.4", "--worker-nodes", "10.0.0.5"];
  const { status, error } = await machine.run("health", "--wait-timeout", "90s", "--k8s-endpoint", "lb:6443", ...flags);
  expect(status).toBe(0);
  expect(error.replaceAll(/\d\.\ds/g, "0.0s")).toBe(
    [
      'discovered nodes: ["10.0.0.2"]',
      "  … etcd to be healthy",
      "      0.0s  10.0.0.2: etcd is Preparing",
      "  ✓ etcd to be healthy (0.0s)",
      "  … kube-proxy to report ready",
      "  ✓ kube-proxy to report ready (0.0s)",
      "    there is none, and none is wanted",
      "",
    ].join("\n"),
  );
  expect(asked[0]).toMatchObject({
    wait_timeout: { nanos: 0 },
    cluster_info: {
      control_plane_nodes: ["10.0.0.4", "10.0.0.2", "10.0.0.3"],
      worker_nodes: ["10.0.0.5"],
      force_endpoint: "lb:6443",
    },
  });
  expect(Number(asked[0]?.wait_timeout?.seconds)).toBe(90);
});

test("a cluster that is not healthy in time fails with what was missing", async () => {
  const late = new StatusError(Code.deadlineExceeded, "Cannot see etcd to be healthy: no leader");
  const { services } = tells(["waiting for etcd to be healthy: no leader"], late);
  await using machine = await serveTestMachine({ services });
  const { status, error } = await machine.run("health", "--wait-timeout", "1m");
  expect(status).toBe(1);
  expect(error).toContain("✗ etcd to be healthy");
  expect(error).toContain("Cannot call the cluster healthy after 1m0s: Cannot see etcd to be healthy: no leader");
});

test("one machine looks, and conformance is for others", async () => {
  await using machine = await serveTestMachine({ services: {}, nodes: ["10.0.0.2", "10.0.0.3"] });
  expect((await machine.run("health")).error).toContain("Cannot check the cluster's health on 2 nodes at once");
  expect((await machine.run("health", "--run-e2e")).error).toContain("no part of talosctl");
});

test("the client itself names the node and what it misses", async () => {
  const archive = await Array.fromAsync(
    writeTar([{ kind: "file", path: "kubeconfig", mode: 0o600, content: new Blob([kubeconfig]) }]),
  );
  const services = Object.fromEntries([
    answering("machine.MachineService/ServiceList", {
      messages: [{ services: [{ id: "etcd", state: "Preparing", events: { events: [{ msg: "Waiting" }] } }] }],
    }),
    streaming("machine.MachineService/Kubeconfig", [{ bytes: gzipSync(Buffer.concat(archive)) }]),
    streaming("cosi.resource.State/List", []),
  ]);
  await using machine = await serveTestMachine({ services });
  const known = await machine.run(
    ...["health", "--server=false", "--wait-timeout", "300ms"],
    "--init-node",
    "10.0.0.2",
  );
  expect(known.status).toBe(1);
  expect(known.error).toContain("Cannot see etcd to be healthy: 10.0.0.2: etcd is Preparing (Waiting)");
  const unknown = await machine.run("health", "--server=false", "--wait-timeout", "5s");
  expect(unknown.error).toContain("the machine knows of no control plane");
});

const kubeconfig = kubeconfigOf({ server: "https://127.0.0.1:1", ca: "" }, { cluster: "test", user: "admin" });

const answering = (name: MethodName, reply: object) =>
  [name, implement(methods[name] as never, (async () => reply) as never)] as const;

const streaming = (name: MethodName, replies: readonly object[]) =>
  [
    name,
    implement(
      methods[name] as never,
      async function* () {
        yield* replies;
      } as never,
    ),
  ] as const;
