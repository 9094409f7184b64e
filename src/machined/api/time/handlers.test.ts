import { expect, test } from "bun:test";
import { memoryState } from "../../../cosi/memory/memory-state.ts";
import { Failure } from "../../../errors/failure.ts";
import { connect } from "../../../grpc/client/connect.ts";
import { createGrpcServer } from "../../../grpc/server/server.ts";
import { Code } from "../../../grpc/status.ts";
import { failureOf } from "../../../grpc/testing/failure-of.ts";
import { socketPath } from "../../../grpc/testing/socket-path.ts";
import type { Measurement } from "../../../net/ntp/query.ts";
import { toNumber } from "../../../proto/int64.ts";
import { api } from "../../../proto/methods.ts";
import { TimeServerStatus } from "../../../resources/network/time-server-status.ts";
import { timeHandlers } from "./handlers.ts";

const localMs = 1_767_366_245_250;

async function served() {
  const state = memoryState();
  const query = async (server: string): Promise<Measurement> => {
    if (server === "silent") throw new Failure("Cannot ask time server silent", { cause: new Failure("no answer") });
    return { offsetMs: 1_000, delayMs: 1, stratum: 1, leap: "none", localMs, remoteMs: localMs + 1_000 };
  };
  const socket = socketPath();
  const server = createGrpcServer({ services: timeHandlers({ state }, query) });
  await server.listenUnix(socket.path);
  const channel = connect({ target: { unix: socket.path } });
  return {
    state,
    channel,
    async [Symbol.asyncDispose]() {
      channel.close();
      await server.close();
      socket[Symbol.dispose]();
    },
  };
}

test("the machine's server is asked, or the one that is named", async () => {
  await using machine = await served();
  expect((await failureOf(machine.channel.unary(api("time.TimeService/Time"), {})))[0]).toBe(Code.failedPrecondition);
  await machine.state.create(TimeServerStatus, "timeservers", { timeServers: ["192.0.2.1", "192.0.2.2"] });
  const { messages } = await machine.channel.unary(api("time.TimeService/Time"), {});
  const [reply] = messages;
  expect(reply?.server).toBe("192.0.2.1");
  const { localtime, remotetime } = reply ?? {};
  expect([toNumber(localtime?.seconds ?? 0), localtime?.nanos]).toEqual([1_767_366_245, 250_000_000]);
  expect(toNumber(remotetime?.seconds ?? 0)).toBe(1_767_366_246);
  const checked = await machine.channel.unary(api("time.TimeService/TimeCheck"), { server: "time.example.org" });
  expect(checked.messages[0]?.server).toBe("time.example.org");
});

test("the machine's next server is asked when the first does not answer", async () => {
  await using machine = await served();
  await machine.state.create(TimeServerStatus, "timeservers", { timeServers: ["silent", "192.0.2.2"] });
  const { messages } = await machine.channel.unary(api("time.TimeService/Time"), {});
  expect(messages[0]?.server).toBe("192.0.2.2");
});

test("a server that cannot be asked is told with the reason", async () => {
  await using machine = await served();
  const check = (server: string) => failureOf(machine.channel.unary(api("time.TimeService/TimeCheck"), { server }));
  expect(await check("silent")).toEqual([Code.unavailable, "Cannot ask time server silent: no answer"]);
  expect((await check(""))[0]).toBe(Code.invalidArgument);
});
