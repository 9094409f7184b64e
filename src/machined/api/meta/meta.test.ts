import { expect, test } from "bun:test";
import { memoryState } from "../../../cosi/memory/memory-state.ts";
import { Code, StatusError } from "../../../grpc/status.ts";
import { machine } from "../../../proto/index.ts";
import { MetaKey } from "../../../resources/runtime/meta-key.ts";
import type { MachineMode } from "../../machine.ts";
import { Meta } from "../../meta/meta.ts";
import { metaDelete, metaWrite } from "./meta.ts";

function machineIn(mode: MachineMode) {
  const state = memoryState();
  return { state, mode, meta: new Meta({ state, log: () => {}, find: () => undefined }) };
}

const write = (key: number, value = "mine") =>
  new machine.MetaWriteRequest({ key, value: new TextEncoder().encode(value) });
const remove = (key: number) => new machine.MetaDeleteRequest({ key });
const codeOf = async (answer: Promise<unknown>) => {
  const thrown = await answer.catch((refusal: unknown) => refusal);
  return thrown instanceof StatusError ? thrown.code : thrown;
};

test("a value is seen when the call returns, and gone when it is deleted", async () => {
  const host = machineIn("metal");
  expect(await metaWrite(host, write(0x0a))).toEqual({ messages: [{}] });
  expect((await host.state.get(MetaKey, "0x0a"))?.spec.value).toBe("mine");
  expect(await metaDelete(host, remove(0x0a))).toEqual({ messages: [{}] });
  expect(await host.state.get(MetaKey, "0x0a")).toBeUndefined();
  expect(await codeOf(metaDelete(host, remove(0x0a)))).toBe(Code.notFound);
});

test("keys are bytes, and not the end of the list", async () => {
  const host = machineIn("cloud");
  for (const key of [0, 256]) {
    expect(await codeOf(metaWrite(host, write(key)))).toBe(Code.invalidArgument);
    expect(await codeOf(metaDelete(host, remove(key)))).toBe(Code.invalidArgument);
  }
});

test("a container has no META", async () => {
  const host = machineIn("container");
  expect(await codeOf(metaWrite(host, write(0x0a)))).toBe(Code.failedPrecondition);
  expect(await codeOf(metaDelete(host, remove(0x0a)))).toBe(Code.failedPrecondition);
});
