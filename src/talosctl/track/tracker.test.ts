import { expect, test } from "bun:test";
import type { Handlers } from "../../grpc/handler.ts";
import { implement } from "../../grpc/implement.ts";
import { Code, StatusError } from "../../grpc/status.ts";
import { machine } from "../../proto/index.ts";
import { methods } from "../../proto/methods.ts";
import { serveTestMachine } from "../testing/machine.ts";

const node = "10.0.2.15";
const { SequenceEvent, PhaseEvent } = machine;

/** A machine that reboots as real ones do: it tells, goes away, comes back another, and is ready a while later. */
function rebootingMachine(failure?: string): Handlers {
  let boot = 1;
  let lookups = 0;
  const event = (kind: string, value: Uint8Array) => ({
    metadata: { hostname: node },
    id: "1",
    actor_id: "actor",
    data: { type_url: `talos/runtime/machine.${kind}`, value },
  });
  return {
    "machine.MachineService/Reboot": implement(methods["machine.MachineService/Reboot"], async () => ({
      messages: [{ metadata: { hostname: node }, actor_id: "actor" }],
    })),
    "machine.MachineService/Shutdown": implement(methods["machine.MachineService/Shutdown"], async () => ({
      messages: [{ metadata: { hostname: node }, actor_id: "actor" }],
    })),
    "machine.MachineService/Events": implement(
      methods["machine.MachineService/Events"],
      async function* ({ with_actor_id }) {
        expect(with_actor_id).toBe("actor");
        yield {};
        yield event("PhaseEvent", PhaseEvent.encode({ phase: "stopServices" }).finish());
        if (failure !== undefined) {
          const value = SequenceEvent.encode({ sequence: "reboot", error: { code: 1, message: failure } }).finish();
          yield event("SequenceEvent", value);
        }
        boot += 1;
        throw new StatusError(Code.unavailable, "the machine went away");
      },
    ),
    "machine.MachineService/Read": implement(methods["machine.MachineService/Read"], async function* () {
      yield { bytes: Buffer.from(`boot-${boot}\n`) };
    }),
    "machine.MachineService/Version": implement(methods["machine.MachineService/Version"], async () => {
      throw new StatusError(Code.unavailable, "the machine is off");
    }),
    "cosi.resource.State/Get": implement(methods["cosi.resource.State/Get"], async () => {
      lookups += 1;
      const yaml_spec =
        lookups < 2 ? "stage: booting\nstatus: {ready: false}\n" : "stage: running\nstatus: {ready: true}\n";
      return { resource: { metadata: {}, spec: { yaml_spec } } };
    }),
  };
}

test("a reboot is followed until the machine is back and ready", async () => {
  await using served = await serveTestMachine({ services: rebootingMachine() });
  const { status, error } = await served.run("reboot");
  expect(error.split("\n")).toEqual([
    `${node}: phase stopServices: start`,
    `${node}: waiting for the machine to come back`,
    `${node}: waiting for the machine to be ready`,
    `${node}: the machine is back`,
    "",
  ]);
  expect(status).toBe(0);
});

test("a sequence that fails fails the command", async () => {
  await using served = await serveTestMachine({ services: rebootingMachine("locked") });
  const { status, error } = await served.run("reboot");
  expect(error).toEndWith(`${node}: reboot failed: locked\n`);
  expect(status).toBe(1);
});

test("a shutdown is over when the machine answers no more", async () => {
  await using served = await serveTestMachine({ services: rebootingMachine() });
  const { status, error } = await served.run("shutdown");
  expect(error).toEndWith(`${node}: the machine is off\n`);
  expect(status).toBe(0);
});

test("without waiting it is only asked for", async () => {
  await using served = await serveTestMachine({ services: rebootingMachine() });
  expect(await served.run("reboot", "--wait=false")).toEqual({
    status: 0,
    out: `${node}: reboot requested\n`,
    error: "",
  });
});
