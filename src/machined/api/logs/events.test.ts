import { expect, test } from "bun:test";
import { connect } from "../../../grpc/client/connect.ts";
import { implement } from "../../../grpc/implement.ts";
import { createGrpcServer } from "../../../grpc/server/server.ts";
import { socketPath } from "../../../grpc/testing/socket-path.ts";
import { RebootCommand } from "../../../linux/reboot.ts";
import { machine } from "../../../proto/index.ts";
import { toNumber } from "../../../proto/int64.ts";
import { api, methods } from "../../../proto/methods.ts";
import { RingEventLog } from "../../events/event-log.ts";
import { events } from "./events.ts";

test("a follower of the last event hears how the machine ends, over the wire", async () => {
  const log = new RingEventLog();
  log.publish({ kind: "machine.TaskEvent", value: { task: "earlier" } });
  log.publish({ kind: "machine.TaskEvent", value: { task: "last" } });
  const name = "machine.MachineService/Events";
  const serve = implement(methods[name], (request, call) => events({ events: log } as never, request, call));
  using path = socketPath();
  await using server = createGrpcServer({ services: { [name]: serve } });
  await server.listenUnix(path.path);
  using channel = connect({ target: { unix: path.path } });
  const heard: (string | number)[] = [];
  for await (const { data } of channel.serverStream(api(name), { tail_events: 1 })) {
    const bytes = data?.value ?? new Uint8Array();
    if (data?.type_url === "talos/runtime/machine.TaskEvent") heard.push(machine.TaskEvent.decode(bytes).task);
    // The subscription stands: what comes now was not there before.
    if (heard.length === 1) {
      log.publish({ kind: "machine.RestartEvent", value: { cmd: RebootCommand.halt >>> 0 } }, "actor");
      heard.push("told");
    }
    if (data?.type_url === "talos/runtime/machine.RestartEvent") {
      heard.push(toNumber(machine.RestartEvent.decode(bytes).cmd));
      break;
    }
  }
  expect(heard).toEqual(["last", "told", 0xcdef0123]);
});
