import { expect, test } from "bun:test";
import { implement } from "../../grpc/implement.ts";
import { methods } from "../../proto/methods.ts";
import { runTalosctl, serveTestMachine } from "../testing/machine.ts";

test("an answer that takes its time is announced, once", async () => {
  const late = Promise.withResolvers<void>();
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  await using served = await serveTestMachine({
    services: {
      "machine.MachineService/Version": implement(methods["machine.MachineService/Version"], async () => {
        resolve();
        await late.promise;
        return { messages: [{ version: { tag: "v1.12.8" } }] };
      }),
    },
  });
  const said: string[] = [];
  const notice = (line: string) => {
    said.push(line);
    late.resolve();
  };
  const running = runTalosctl(["version", "--json", "--talosconfig", served.talosconfig], { notice });
  await asked;
  expect((await running).status).toBe(0);
  expect(said).toEqual(["Waiting for 10.0.2.15 to answer"]);
});
