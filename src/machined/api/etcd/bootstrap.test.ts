import { expect, test } from "bun:test";
import { testConfig } from "../../../config/testing.ts";
import { configure, setTime } from "../../../controllers/testing.ts";
import { runtimeWith } from "../../../cosi/testing.ts";
import { Code } from "../../../grpc/status.ts";
import { machine } from "../../../proto/index.ts";
import { BootstrapGate } from "../../etcd/bootstrap-gate.ts";
import { bootstrap } from "./bootstrap.ts";
import { etcdFor } from "./local.ts";

const request = (recover = false) => new machine.BootstrapRequest({ recover_etcd: recover });
const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "nothing",
    (thrown) => thrown,
  );

async function host(type?: "worker") {
  const runtime = await runtimeWith();
  await configure(runtime, testConfig(type));
  await setTime(runtime);
  return { runtime, state: runtime.state, bootstrapGate: new BootstrapGate() };
}

test("a machine without a config cannot begin a cluster yet", async () => {
  await using runtime = await runtimeWith();
  const refusal = await failureOf(bootstrap({ state: runtime.state, bootstrapGate: new BootstrapGate() }, request()));
  expect(refusal).toMatchObject({ code: Code.failedPrecondition, message: "bootstrap is not available yet" });
});

test("a worker cannot, and has no etcd to ask about", async () => {
  const worker = await host("worker");
  await using _ = worker.runtime;
  expect(await failureOf(bootstrap(worker, request()))).toMatchObject({
    code: Code.failedPrecondition,
    message: "bootstrap can only be performed on a control plane node",
  });
  expect(await failureOf(etcdFor(worker, "member list"))).toMatchObject({
    code: Code.unimplemented,
    message: "member list is only available on control plane nodes",
  });
});

test("the call is taken once, and only while etcd waits for it", async () => {
  const machine = await host();
  await using _ = machine.runtime;
  expect(await failureOf(bootstrap(machine, request()))).toMatchObject({
    code: Code.failedPrecondition,
    message: "bootstrap is not available yet",
  });
  const waiting = machine.bootstrapGate.wait(new AbortController().signal);
  expect(await failureOf(bootstrap(machine, request(true)))).toMatchObject({
    code: Code.failedPrecondition,
    message: "no snapshot of etcd was uploaded",
  });
  expect(await bootstrap(machine, request())).toEqual({ messages: [{}] });
  expect(await waiting).toEqual({});
  expect(await failureOf(bootstrap(machine, request()))).toMatchObject({ code: Code.alreadyExists });
});
