import { expect, test } from "bun:test";
import { implement } from "../../grpc/implement.ts";
import { Code, StatusError } from "../../grpc/status.ts";
import { methods } from "../../proto/methods.ts";
import { serveTestMachine } from "../testing/machine.ts";

const bootstrap = "machine.MachineService/Bootstrap";
const memberList = "machine.MachineService/EtcdMemberList";

test("a refusal is told with what to do about it, whether it is the call's or one node's", async () => {
  const refuse = async () => {
    throw new StatusError(Code.alreadyExists, "etcd data directory is not empty");
  };
  const error = "rpc error: code = Unimplemented desc = member list is only available on control plane nodes";
  const services = {
    [bootstrap]: implement(methods[bootstrap], refuse),
    [memberList]: implement(methods[memberList], async () => ({
      messages: [{ metadata: { hostname: "10.0.0.3", error } }],
    })),
  };
  await using machine = await serveTestMachine({ services });
  const again = await machine.run("bootstrap");
  expect(again.status).toBe(1);
  expect(again.error).toContain("etcd data directory is not empty\n");
  expect(again.error).toContain("nothing was changed");
  const members = await machine.run("etcd", "members");
  expect(members.status).toBe(1);
  expect(members.error).toBe(
    "10.0.0.3: member list is only available on control plane nodes\nChoose one with -n: talosctl get members\n",
  );
});
